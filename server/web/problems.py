"""Turns every failure of a request into one problem document. The only place where errors meet HTTP."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from server.errors import PROBLEM_MEDIA_TYPE, YihuError, problem_body

_LOG = logging.getLogger("yihu")
_BY_STATUS = {401: "not_signed_in", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
              415: "unsupported_media_type"}  # fmt: skip


def problem_response(error: YihuError) -> Response:
    return JSONResponse(
        problem_body(error), error.problem.status, headers=error.headers, media_type=PROBLEM_MEDIA_TYPE
    )  # fmt: skip


async def send_problem(error: YihuError, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(error)(scope, receive, send)


def install(app: FastAPI) -> None:
    @app.exception_handler(YihuError)
    def _known(_request: Request, error: YihuError) -> Response:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(_request: Request, error: RequestValidationError) -> Response:
        # Only where it went wrong: `input` in pydantic's report is what somebody typed.
        first = error.errors()[0]
        field = "/".join(str(part) for part in first["loc"])[:200]
        kind = first["type"]
        code = "unknown_field" if kind == "extra_forbidden" else "invalid_value"
        return problem_response(YihuError("bad_request" if kind == "json_invalid" else code, field=field))

    @app.exception_handler(HTTPException)
    def _plain(_request: Request, error: HTTPException) -> Response:
        code = _BY_STATUS.get(error.status_code, "bad_request" if error.status_code < 500 else "internal")
        return problem_response(YihuError(code))

    @app.exception_handler(Exception)
    def _unknown(request: Request, error: Exception) -> Response:
        log_failure(request.scope, error)
        return problem_response(YihuError("internal"))


def describe_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Moves the schema of problems to their own media type: the framework files it under the route's."""
    for item in document["paths"].values():
        for operation in item.values():
            for status, answer in operation.get("responses", {}).items():
                content = answer.get("content", {})
                if int(status) >= 400 and PROBLEM_MEDIA_TYPE in content:
                    schema = next((one["schema"] for one in content.values() if "schema" in one), None)
                    answer["content"] = {PROBLEM_MEDIA_TYPE: {"schema": schema, **content[PROBLEM_MEDIA_TYPE]}}
    return document


def log_failure(scope: Scope, error: Exception) -> None:
    """Type and place of an unforeseen exception, never its words: they may quote data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    _LOG.error("%s %s failed: %s at %s", scope.get("method"), scope.get("path"), type(error).__name__, where)
