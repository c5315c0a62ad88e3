"""A page of OpenCPS's list of dossiers, written by hand after its documentation; its people are invented."""

from __future__ import annotations

from typing import Any

_STATES = ("processing", "waiting", "done", "releasing", "receiving", "denied")
_NAMES = ("Lê Thị Bưởi", "Nguyễn Văn Thử", "Trần Thị Mẫu", "Phạm Văn Giả", "Vũ Thị Bịa", "Hoàng Văn Nháp")


def _one(n: int) -> dict[str, Any]:
    day = 10 + n
    return {
        "dossierId": 104_711 + n,
        "dossierIdCTN": "",
        "groupId": 55301,
        "createDate": f"{day}/08/2022 07:59:00",
        "modifiedDate": f"{day}/09/2022 10:00:00",
        "referenceUid": f"6f9619ff-8b86-d011-b42d-00c04fc964{n:02d}",
        "counter": n,
        "serviceCode": ("1.001193", "2.000815", "1.000656")[n % 3],
        "serviceName": ("Đăng ký khai sinh", "Chứng thực bản sao", "Đăng ký khai tử")[n % 3],
        "govAgencyCode": "000.00.40.H56",
        "govAgencyName": "UBND huyện Nông Cống",
        "applicantName": _NAMES[n % 6].upper(),
        "applicantIdType": ("citizen", "business")[n % 2],
        "applicantIdNo": f"0381900043{n:02d}",
        "applicantIdDate": "01/01/2020 00:00:00",
        "address": f"Thôn {n + 1}, xã Ví Dụ",
        "cityCode": "38",
        "cityName": "Tỉnh Thanh Hóa",
        "contactName": _NAMES[(n + 1) % 6],
        "contactTelNo": f"09123456{n:02d}",
        "contactEmail": f"nguoi{n}@example.vn",
        "dossierNo": f"000.00.40.H56-2209{day:02d}-00{n:02d}",
        "submitDate": f"{day}/08/2022 08:00:00",
        "receiveDate": f"{day}/08/2022 08:30:00",
        "dueDate": f"{day}/09/2022 17:00:00",
        "releaseDate": f"{day}/09/2022 09:00:00" if n % 2 else "",
        "finishDate": f"{day}/09/2022 10:00:00" if n % 3 == 2 else "",
        "cancellingDate": "",
        "correctingDate": "",
        "dossierStatus": _STATES[n % 6],
        "dossierStatusText": "",
        "dossierSubStatus": "",
        "viaPostal": n % 3,
        "online": bool(n % 2),
        "stepCode": "200",
        "stepName": "Thẩm định",
        "lastActionUser": "Đỗ Văn Cán",
        "lastActionDate": f"{day}/09/2022 10:00:00",
        "visited": False,
        "pending": False,
    }


OPENCPS_LIST = [_one(n) for n in range(16)]
