"""Logins of REST sources: a token is fetched once, used until it fails, and renewed once per failing call.

Here: the kinds of `rest_source.Auth` that issue a token. Not here: HTTP Basic, which needs no conversation
(`rest_http` sends it). The login with {"username", "password"} and a session that travels in the body is that of
the DVCQG adapter; the login at /api/tokens with a tenant header that of the provincial one-stop system.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from connectors.errors import Malformed, Refused, Secrets
from connectors.patience import Budget
from connectors.rest_http import Call, HttpClient
from connectors.rest_json import SignedOut, dig, is_object, text_of
from connectors.rest_source import Auth

log = logging.getLogger("connectors.rest")
T = TypeVar("T")
_PUBLIC_FIELDS = {"grant_type", "scope"}


class Session:
    """Calls of one source, signed."""

    def __init__(self, http: HttpClient, auth: Auth, secrets: Secrets) -> None:
        self._http = http
        self._auth = auth
        self._secrets = secrets
        self._token = ""
        for name, value in auth.fields.items():
            if name not in _PUBLIC_FIELDS:
                secrets.learn(value)
        if auth.kind == "basic":
            secrets.learn(f"{auth.fields['username']}:{auth.fields['password']}")

    @property
    def issues_tokens(self) -> bool:
        return self._auth.kind not in ("none", "basic")

    def ask(self, call: Call, read: Callable[[bytes], T], budget: Budget) -> T:
        """The answer to the signed call; after a refused token once more with a fresh one. Raises SourceError."""
        if not self.issues_tokens:
            return self._http.ask(call, read, budget)
        fresh = not self._token
        if fresh:
            self.login(budget)
        try:
            return self._http.ask(self._signed(call), read, budget)
        except SignedOut:
            if fresh:
                self._token = ""
                raise
        log.info("%s: the login is over, logging in again", self._http.source.name)
        self.login(budget)
        return self._http.ask(self._signed(call), read, budget)

    def login(self, budget: Budget) -> None:
        """Fetch a token. Raises SourceError; a refused login is not repeated, since repetition locks accounts."""
        self._token = ""
        as_form = self._auth.kind == "oauth2_client_credentials"
        fields = dict(self._auth.fields)
        call = Call(
            "login",
            "POST",
            self._auth.url,
            form={"grant_type": "client_credentials", **fields} if as_form else None,
            json=None if as_form else fields,
            message=self._auth.message,
        )
        self._token = self._http.ask(call, self._issued, budget)

    def _issued(self, body: bytes) -> str:
        if not is_object(body):
            raise Malformed("the login's answer is not a JSON object")
        token = text_of(dig(body, self._auth.token))
        if not token:
            said = text_of(dig(body, self._auth.message)) if self._auth.message else ""
            raise Refused(
                f"the login's answer has no token at {self._auth.token!r}" + (f": {said}" if said else ""),
                "check the account, and the path of the token in the source's configuration",
            )
        self._secrets.learn(token)
        return token

    def _signed(self, call: Call) -> Call:
        name, value = self._auth.name, self._auth.prefix + self._token
        if self._auth.place == "header":
            return replace(call, headers={**call.headers, name: value})
        if self._auth.place == "query":
            return replace(call, params={**call.params, name: self._token})
        if not isinstance(call.json, dict):
            raise Refused(f"{call.what}: the token goes into the body, which is no JSON object", "mend the mapping")
        return replace(call, json={**call.json, name: self._token})
