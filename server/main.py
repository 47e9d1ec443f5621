"""Puts the server together: the only module that knows every slice.

`prepare` opens the database (migrating it), the key file and the blob folder; `create_app` mounts the slices and the edge.
"""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from server.access import Here
from server.accounts import routes as accounts
from server.administration import routes as administration
from server.attachments import routes as attachments
from server.blobs import FolderBlobStore
from server.board import routes as board
from server.bodies import AnswerBody, Id, Instant
from server.bundles import routes as bundles
from server.context import Context, clock_ms
from server.database import Database
from server.devices import left_routes as left_records
from server.devices import routes as devices
from server.erasure import routes as erasure
from server.erasure import shredding
from server.feed import routes as feed
from server.grants import routes as grants
from server.intake import routes as intake
from server.keyring.rules import Keyring, open_key_file
from server.ledger import routes as ledger
from server.log import routes as log
from server.migrations.apply import migrate
from server.readings import routes as readings
from server.referrals import routes as referrals
from server.review import routes as review
from server.same_person import routes as same_person
from server.settings import Settings
from server.station import routes as station
from server.web import problems
from server.web.app_files import AppFiles
from server.web.compression import ApiCompression
from server.web.headers import FixedHeaders
from server.web.limits import BodyLimits

PREFIX = "/api/v1"
LEDGER_UPLOAD = f"{PREFIX}/ledger/imports"


class HealthBody(AnswerBody):
    status: str
    server_at: Instant
    deployment: Id


health = APIRouter(tags=["运行 health"])


@health.get("/health", summary="服务器是否在工作")
def get_health(context: Here) -> HealthBody:
    """Answers from the database, so a server that cannot reach its data does not call itself well."""
    context.database.read(lambda session: session.connection().exec_driver_sql("SELECT 1"))
    return HealthBody(status="ok", server_at=context.now(), deployment=context.keyring.deployment)


def prepare(settings: Settings) -> Context:
    """Opens everything that lasts. Raises what the operator must put right: key file, SQLite version, database."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.resolved_database_url(), settings.busy_seconds_max)
    try:
        _migrate(settings, database)
        key_file = database.write(lambda session: open_key_file(session, settings.resolved_key_file(), clock_ms()))
    except BaseException:
        database.close()
        raise
    context = Context(
        settings,
        database,
        Keyring(key_file, path=settings.resolved_key_file()),
        FolderBlobStore(settings.files_folder()),
    )
    shredding.finish(context)
    return context


def _migrate(settings: Settings, database: Database) -> None:
    """By the owner of the tables where there is one of its own; the role that serves then gets the least it needs."""
    owner_url = settings.resolved_migration_url()
    if owner_url is None:
        migrate(database)
        return
    owner = Database(owner_url, settings.busy_seconds_max)
    try:
        migrate(owner, serving_role=database.engine.url.username)
    finally:
        owner.close()


def _operation_id(route: APIRoute) -> str:
    """`review_decide`: the slice's English tag and the function's name."""
    return f"{str(route.tags[0]).split()[-1]}_{route.name}" if route.tags else route.name


def create_app(context: Context) -> FastAPI:
    """The API alone, as OpenAPI describes it; `create_server` adds the edge."""
    app = FastAPI(
        title="Yihu 一户一档",
        version="1",
        summary="Offline-first household case files: devices push signed changes, the server judges and keeps them.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.context = context
    slices = (
        health,
        accounts.router,
        station.router,
        devices.router,
        left_records.router,
        intake.router,
        bundles.router,
        feed.router,
        log.router,
        review.router,
        administration.router,
        grants.router,
        readings.router,
        referrals.router,
        erasure.router,
        same_person.router,
        board.router,
        attachments.router,
        ledger.router,
    )
    for router in slices:
        app.include_router(router, prefix=PREFIX)
    app.include_router(health, include_in_schema=False)
    problems.install(app)
    bare = app.openapi
    app.openapi = lambda: problems.describe_problems(bare())  # type: ignore[method-assign]
    app.router.default = AppFiles(context.settings.pwa_dist, context.settings.data / "worker-off")
    return app


class Server:
    """ASGI: the API and the app's files behind the edge. `app` is the bare API."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.app = create_app(context)
        limited = BodyLimits(self.app, context.settings, lambda path: path == LEDGER_UPLOAD)
        edge: ASGIApp = FixedHeaders(ApiCompression(limited), is_tls=context.settings.is_tls)
        self._edge = edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._edge(scope, receive, send)


def create_server(settings: Settings | None = None) -> Server:
    """For an ASGI server's factory option, settings from the environment."""
    return Server(prepare(settings or Settings()))
