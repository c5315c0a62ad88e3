"""A vendor over HTTP that nobody has seen: from `scaffold` to dossiers in core, by one mapping and one source entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.http_host import Ask, Host, Reply
from tests.onboarding.conftest import MOST_LINES, Onboarder

PASSWORD = "s@o-mai-2022"
PEOPLE = ("Nguyễn Văn Thử", "Lê Thị Bưởi", "Trần Thị Mẫu", "Phạm Văn Giả", "Vũ Thị Bịa", "Hoàng Văn Nháp")
STATES = ("LODGED", "IN_PROGRESS", "WAITING_SUPPLEMENT", "RESOLVED", "HANDED_OVER", "LUU_KHO")
PROCEDURES = (("1.001193", "Đăng ký khai sinh"), ("2.000815", "Chứng thực bản sao"), ("1.000656", "Đăng ký khai tử"))


def case(n: int) -> dict[str, Any]:
    code, name = PROCEDURES[n % 3]
    finished = STATES[n % 6] in ("RESOLVED", "HANDED_OVER", "LUU_KHO")
    return {
        "rowGuid": f"6f9619ff-8b86-d011-b42d-00c04fc96{n:03d}",
        "caseNumber": f"000.00.40.H56-2209{n % 20 + 1:02d}-{n:04d}",
        "serviceInfo": {"serviceCode": code, "serviceTitle": name},
        "submitter": {
            "fullName": PEOPLE[n % 6],
            "citizenId": f"0382010000{n:02d}",
            "mobileNo": f"09123456{n:02d}",
            "homeAddress": f"Thôn {n}, xã Ví Dụ",
        },
        "intakeChannel": ("COUNTER", "ONLINE", "POST")[n % 3],
        "caseState": STATES[n % 6],
        "lodgedAt": f"{n % 20 + 1:02d}/09/2022 08:00",
        "acceptedAt": f"{n % 20 + 1:02d}/09/2022 08:30",
        "promisedDate": f"{n % 8 + 21:02d}/09/2022",
        "completedAt": f"{n % 20 + 1:02d}/09/2022 16:00" if finished else "",
        "charges": [{"chargeCode": f"LP{n % 3}", "chargeName": "Lệ phí hộ tịch", "amount": f"{8 + n % 3}.000 đ"}],
        "timeline": [
            {
                "eventTime": f"{n % 20 + 1:02d}/09/2022 09:00",
                "staffName": PEOPLE[(n + 2) % 6],
                "remark": "Chuyển thẩm định",
            }
        ],
        "lastUpdated": f"2022-09-{n % 20 + 1:02d}T16:41:{n:02d}",
        "viewCount": n,
    }


MEANT = {
    "dossier.dossier_no": "caseNumber",
    "dossier.procedure_code": "serviceInfo.serviceCode",
    "dossier.procedure_name": "serviceInfo.serviceTitle",
    "dossier.applicant_name": "submitter.fullName",
    "dossier.applicant_id_no": "submitter.citizenId",
    "dossier.applicant_phone": "submitter.mobileNo",
    "dossier.applicant_address": "submitter.homeAddress",
    "dossier.channel": "intakeChannel",
    "dossier.status": "caseState",
    "dossier.submitted_at": "lodgedAt",
    "dossier.received_at": "acceptedAt",
    "dossier.due_at": "promisedDate",
    "dossier.finished_at": "completedAt",
    "fee.fee_code": "chargeCode",
    "fee.fee_name": "chargeName",
    "fee.amount": "amount",
    "step.step_at": "eventTime",
    "step.officer_name": "staffName",
    "step.step_text": "remark",
}
CASES = sorted((case(n) for n in range(48)), key=lambda each: str(each["lastUpdated"]))


@pytest.fixture
def host() -> Iterator[Host]:
    """Its server: a login, then pages."""

    def answer(ask: Ask) -> Reply:
        if ask.path == "/auth/signin":
            right = ask.json == {"account": "hub", "secret": PASSWORD}
            return Reply({"jwt": "t0ken"} if right else {"msg": "sai mật khẩu"}, 200 if right else 401)
        if ask.headers.get("authorization") != "Bearer t0ken":
            return Reply({"msg": "chưa đăng nhập"}, 401)
        page, size = int(ask.query.get("pageNo", 1)), int(ask.query.get("perPage", 50))
        since = ask.query.get("updatedFrom", "")
        found = [each for each in CASES if each["lastUpdated"] >= since]
        rows = found[(page - 1) * size : page * size]
        return Reply({"errCode": 0, "errMsg": "ok", "payload": {"rowTotal": len(found), "rows": rows}})

    server = Host(answer)
    yield server
    server.close()


def test_from_a_look_to_dossiers(onboarder: Onboarder, host: Host) -> None:
    onboarder.secrets = {"HUB_SAO_MAI_SECRET": PASSWORD}
    said = onboarder.types(
        *("sources", "scaffold", "sao_mai", "--level", "district", "--url", host.url),
        *("--path", "/v2/cases?pageNo=1&perPage=50&updatedFrom=2020-01-01T00:00:00"),
        *("--login-url", "/auth/signin", "--login", "account=hub", "--login", "secret=env:HUB_SAO_MAI_SECRET"),
        *("--token", "jwt", "--out", str(onboarder.files)),
    )
    text = (onboarder.files / "mappings/sao_mai.yml").read_text(encoding="utf-8")
    for secret in (PASSWORD, *PEOPLE, "038201", "0912345", "Thôn"):
        assert secret not in text + said
    assert onboarder.share("sao_mai", MEANT) >= 0.8
    # What the person decides: two states that no word explains.
    decided = {"LODGED": 1, "LUU_KHO": 10}
    asked = {f"    # unsure: {code}: which code? seen in 8 records": f"    {code}: {s}" for code, s in decided.items()}
    onboarder.edits("sao_mai", asked)
    assert onboarder.lines("sao_mai") < MOST_LINES

    checks = onboarder.told("sources", "test", "sao-mai")
    assert all(check["ok"] for check in checks), checks
    preview = onboarder.told("sources", "preview", "sao-mai")
    assert len(preview["records"]) == 5
    assert [record["reason"] for record in preview["records"]] == [""] * 5
    assert preview["drift"] == []
    onboarder.types("run", "--source", "sao-mai")

    dossiers = onboarder.rows(
        "select * from bi.ho_so where ma_ho_so like '000.00.40.H56-2209__-____' order by ma_ho_so"
    )
    found = onboarder.rows(
        """select d.dossier_no, d.status, d.channel, d.procedure_code, d.source_status,
                  d.received_at at time zone 'Asia/Ho_Chi_Minh' as received_at,
                  d.due_at at time zone 'Asia/Ho_Chi_Minh' as due_at, d.applicant_name_masked, d.applicant_id_kind,
                  (select sum(amount) from std.fee_record f
                    where f.source_id = d.source_id and f.parent_key = d.source_key) as fees,
                  (select count(*) from std.step_record s
                    where s.source_id = d.source_id and s.parent_key = d.source_key) as steps
           from std.dossier_record d where d.source_id = 'sao-mai' order by dossier_no"""
    )
    assert len(found) == len(dossiers) == len(CASES)
    wanted = {"LODGED": 1, "IN_PROGRESS": 4, "WAITING_SUPPLEMENT": 5, "RESOLVED": 9, "HANDED_OVER": 10, "LUU_KHO": 10}
    for each, row in zip(sorted(CASES, key=lambda each: each["caseNumber"]), found, strict=True):
        assert row["dossier_no"] == each["caseNumber"]
        assert row["status"] == wanted[each["caseState"]]
        assert row["channel"] == {"COUNTER": 1, "ONLINE": 2, "POST": 3}[each["intakeChannel"]]
        assert row["procedure_code"] == each["serviceInfo"]["serviceCode"]
        assert f"{row['received_at']:%d/%m/%Y %H:%M}" == each["acceptedAt"]
        assert f"{row['due_at']:%d/%m/%Y}" == each["promisedDate"]
        assert row["applicant_id_kind"] == "cccd" and row["applicant_name_masked"]
        assert (row["fees"], row["steps"]) == (int(each["charges"][0]["amount"][:-2].replace(".", "")), 1)
