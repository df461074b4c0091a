"""The server: the official SDK's low-level one, over pipes, with one door that every answer passes last."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from typing import Any
from urllib.parse import unquote

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from zrtools import __version__, words
from zrtools.assistant import guides
from zrtools.assistant.answers import fitted, last
from zrtools.assistant.asked import refusal
from zrtools.assistant.desk import Cancelled, Desk, Settings
from zrtools.assistant.tools import TOOLS, Tool
from zrtools.errors import ZrtoolsError

__all__ = ["MOST_REQUEST", "build", "serve"]

MOST_REQUEST = 256_000
"""Bytes of one request; the largest that makes sense is a few thousand."""

_AT_WORK = 2
_CALL = "zrtools call"
_WAITING = 32
_TOO_LARGE, _UNREADABLE = "too_large", "unreadable"
_ID = re.compile(rb'"id"\s*:\s*("(?:[^"\\]|\\.){0,100}"|-?[0-9]{1,18})')
_PROMPTS = {"explain_failures": "failures", "monthly_summary": "month"}


def serve(settings: Settings) -> None:
    """Answer on standard input and output until it ends. Nothing else is read, and no connection opened."""
    # tokens, keys, and where they are kept: nothing of these is needed here
    for name in [name for name in os.environ if name.startswith("ZRTOOLS_") and name != "ZRTOOLS_LANG"]:
        del os.environ[name]
    # the SDK writes what a peer sent into its log
    logging.getLogger("mcp").disabled = True
    for name in list(logging.root.manager.loggerDict):
        if name == "mcp" or name.startswith("mcp."):
            logging.getLogger(name).disabled = True
    unwritten = False
    try:
        try:
            anyio.run(_serve, settings)
        except* (BrokenPipeError, ConnectionResetError):
            # whoever asked is gone
            pass
        except* OSError:
            unwritten = True
    except KeyboardInterrupt:
        _leave(130)
        raise
    if unwritten:
        raise ZrtoolsError(words.text("assistant.no_stdout", settings.lang))
    _leave(0)


def _leave(code: int) -> None:
    """End at once where a call is still at work: it must not meet an interpreter that is going down."""
    if any(thread.name == _CALL for thread in threading.enumerate()):
        os._exit(code)


def build(settings: Settings, *, quiet: float = 5.0) -> Server[Any]:
    """Make the server, for whatever carries it; after `quiet` seconds a call tells that it is still at work."""
    return _Assistant(settings, quiet).server


async def _serve(settings: Settings) -> None:
    server = build(settings)
    lines: Any = _Lines()
    async with stdio_server(stdin=lines) as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


class _Lines:
    """Standard input by lines of bounded length, read by a thread that keeps nobody from leaving."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(_WAITING)
        loop = asyncio.get_running_loop()

        def read() -> None:
            for line in _bounded():
                with suppress(RuntimeError):
                    asyncio.run_coroutine_threadsafe(self._queue.put(line), loop).result()

        threading.Thread(target=read, name="zrtools stdin", daemon=True).start()

    async def __aiter__(self) -> AsyncIterator[str]:
        while (line := await self._queue.get()) is not None:
            yield line


def _bounded() -> Iterator[str | None]:
    """Give the lines of standard input, None at its end; what cannot be read becomes a call that says so."""
    for line, whole in _lines():
        name = _UNREADABLE if whole else _TOO_LARGE
        if whole:
            with suppress(ValueError):
                types.jsonrpc_message_adapter.validate_json(line, by_name=False)
                yield line.decode("utf-8", "replace")
                continue
        # whoever asked waits for an answer under this id
        if found := _ID.search(line[:2000]):
            number = found.group(1).decode("utf-8", "replace")
            yield f'{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"{name}"}}}}\n'
    yield None


def _lines() -> Iterator[tuple[bytes, bool]]:
    """Read lines, and whether each came whole: of one that is too long only the beginning is kept."""
    # without a buffer, whose lock a thread that still waits would keep from the process that leaves
    stream: Any = getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)
    kept, cut = bytearray(), False
    while True:
        try:
            came = stream.read(65_536)
        except (OSError, ValueError):
            came = b""
        if not came:
            return
        first, *more = came.split(b"\n")
        for part, ends in [(first, bool(more)), *((part, n + 1 < len(more)) for n, part in enumerate(more))]:
            if len(kept) + len(part) <= MOST_REQUEST:
                kept += part
            else:
                cut = True
                kept += part[: max(0, 2000 - len(kept))]
            if ends:
                yield bytes(kept), not cut
                kept, cut = bytearray(), False


class _Assistant:
    """What the server answers."""

    def __init__(self, settings: Settings, quiet: float) -> None:
        self.settings = settings
        self._quiet = quiet
        self.tools = {
            tool.name: tool
            for tool in TOOLS
            if tool.name != "draft_resend_list" or settings.drafts is not None
        }
        self._workers = _Workers()
        self.server: Server[Any] = Server(
            "zrtools",
            version=__version__,
            title=self.say("title"),
            instructions=self.say("instructions"),
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
            on_list_resources=self.list_resources,
            on_list_resource_templates=self.list_templates,
            on_read_resource=self.read_resource,
            on_list_prompts=self.list_prompts,
            on_get_prompt=self.get_prompt,
        )
        # in the place of spans, which would tell others what is asked here
        self.server.middleware[:] = [_door]

    def say(self, key: str, **values: object) -> str:
        return words.text(f"assistant.{key}", self.settings.lang, **values)

    async def list_tools(self, _: Any, __: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[self._described(tool) for tool in self.tools.values()])

    def _described(self, tool: Tool) -> types.Tool:
        given, gives = _schemas(tool)
        return types.Tool(
            name=tool.name,
            description=self.say(tool.name),
            input_schema=given,
            output_schema=gives,
            annotations=types.ToolAnnotations(
                read_only_hint=tool.name != "draft_resend_list",
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )

    async def call_tool(self, ctx: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = self.tools.get(params.name)
        if params.name == _TOO_LARGE:
            return _refused(self.say("too_large", most=MOST_REQUEST))
        if params.name == _UNREADABLE:
            return _refused(self.say("unreadable"))
        if tool is None:
            return _refused(self.say("no_tool", known=", ".join(self.tools)))
        try:
            asked = tool.asked.model_validate(params.arguments or {})
        except ValidationError as error:
            return _refused(refusal(tool.asked, error, self.settings.lang))
        if self._workers.full:
            return _refused(self.say("busy"))
        desk = Desk(self.settings, asked.rows)
        async with anyio.create_task_group() as group:
            group.start_soon(self._tell, ctx.session)
            try:
                job = partial(self._answer, tool, desk, asked)
                result: types.CallToolResult = await self._workers.do(job, desk.stopped)
            finally:
                group.cancel_scope.cancel()
        return result

    async def _tell(self, session: Any) -> None:
        seconds = 0.0
        while True:
            await anyio.sleep(self._quiet)
            seconds += self._quiet
            key = "waiting" if self._workers.crowded else "working"
            await session.report_progress(seconds, None, self.say(key, seconds=int(seconds)))

    def _answer(self, tool: Tool, desk: Desk, asked: Any) -> types.CallToolResult:
        try:
            answer = tool.work(desk, asked)
            made = fitted(answer, desk, asked.rows)
        except Cancelled:
            raise
        except BaseException as error:  # noqa: BLE001 - it is told
            return _refused(_why(desk, error))
        content: list[Any] = [types.TextContent(type="text", text="")]
        if desk.picture is not None:
            picture = base64.b64encode(desk.picture).decode("ascii")
            content.append(types.ImageContent(type="image", data=picture, mime_type="image/png"))
        return types.CallToolResult(content=content, structured_content=made)

    async def list_resources(self, _: Any, __: Any) -> types.ListResourcesResult:
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=f"zrtools://guides/{name}",
                    name=name,
                    title=guides.title(name),
                    mime_type="text/markdown",
                )
                for name in guides.GUIDES
            ]
        )

    async def list_templates(self, _: Any, __: Any) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    uri_template="zrtools://guides/{guide}/{heading}",
                    name="section",
                    description=self.say("guide_section"),
                    mime_type="text/markdown",
                )
            ]
        )

    async def read_resource(
        self, _: Any, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        found = re.fullmatch(r"zrtools://guides/([\w.-]{1,40})(?:/(.{1,300}))?", str(params.uri))
        text = None
        if found is not None and found[1] in guides.GUIDES:
            if found[2] is None:
                text = guides.outline(found[1])
            elif (part := guides.section(found[1], unquote(found[2]))) is not None:
                text = part.text
        if text is None:
            raise MCPError(code=types.INVALID_PARAMS, message=self.say("no_guide"))
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=params.uri, text=text, mime_type="text/markdown")]
        )

    async def list_prompts(self, _: Any, __: Any) -> types.ListPromptsResult:
        arguments = [
            types.PromptArgument(name="month", description=self.say("prompt_argument"), required=False),
            types.PromptArgument(name="lang", description=self.say("prompt_lang"), required=False),
        ]
        return types.ListPromptsResult(
            prompts=[
                types.Prompt(name=name, description=self.say(f"prompt_{key}"), arguments=arguments)
                for name, key in _PROMPTS.items()
            ]
        )

    async def get_prompt(self, _: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        key = _PROMPTS.get(params.name)
        if key is None:
            raise MCPError(code=types.INVALID_PARAMS, message=self.say("no_prompt"))
        given = params.arguments or {}
        lang = given.get("lang") or self.settings.lang
        if lang not in ("ja", "en"):
            raise MCPError(code=types.INVALID_PARAMS, message=self.say("bad_lang"))
        desk = Desk(self.settings)
        try:
            if given.get("month"):
                month = desk.month(given["month"], "month")
            else:
                month = (await asyncio.to_thread(desk.days))["send_date"].to_list()[-1]
        except Exception as error:  # noqa: BLE001 - as with tools
            raise MCPError(code=types.INVALID_PARAMS, message=_why(desk, error)) from None
        text = words.text(f"assistant.prompt_{key}_text", lang, month=f"{month:%Y-%m}")
        return types.GetPromptResult(
            description=words.text(f"assistant.prompt_{key}", lang),
            messages=[types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))],
        )


class _Workers:
    """Two calls at work at a time, in threads that end with the process; who is cancelled waits no longer."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_WORK)
        self._calls = 0

    @property
    def full(self) -> bool:
        """Whether so many wait that another would only wait longer."""
        return self._calls >= _WAITING

    @property
    def crowded(self) -> bool:
        """Whether some wait for their turn."""
        return self._calls > _AT_WORK

    async def do(self, job: Callable[[], Any], stopped: threading.Event) -> Any:
        self._calls += 1
        try:
            await self._turns.acquire()
        except BaseException:
            self._calls -= 1
            raise
        loop = asyncio.get_running_loop()
        came: asyncio.Future[Any] = loop.create_future()

        def done(result: Any, error: BaseException | None) -> None:
            # only now: a call that nobody waits for is still at work
            self._turns.release()
            self._calls -= 1
            if came.cancelled():
                return
            if error is None:
                came.set_result(result)
            else:
                came.set_exception(error)

        def work() -> None:
            result, error = None, None
            try:
                result = job()
            except BaseException as raised:  # noqa: BLE001 - it is raised where the answer is awaited
                error = raised
            # the server may have ended meanwhile
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(done, result, error)

        threading.Thread(target=work, name=_CALL, daemon=True).start()
        try:
            return await came
        finally:
            stopped.set()


async def _door(ctx: Any, call_next: Callable[[Any], Any]) -> Any:
    """Let every answer and every error pass the mask last."""
    try:
        result = await call_next(ctx)
        if isinstance(result, dict) and (data := result.get("structuredContent")) is not None:
            # the text is a copy of the data, whose figures are no numbers of anybody
            data = last(data)
            said = {"type": "text", "text": json.dumps(data, ensure_ascii=False)}
            return {**result, "structuredContent": data, "content": [said, *result["content"][1:]]}
        return last(result)
    except MCPError as error:
        raise MCPError(code=error.error.code, message=last(error.error.message)) from None


def _why(desk: Desk, error: BaseException) -> str:
    """Say why there is no answer; of a library's error, or panic, which shows values, its kind alone."""
    if isinstance(error, ZrtoolsError):
        return words.told(error, desk.lang)
    key = "disk" if isinstance(error, OSError) else "failed"
    return desk.say(key, why=type(error).__name__)


def _refused(said: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=said)], is_error=True)


@cache
def _schemas(tool: Tool) -> tuple[dict[str, Any], dict[str, Any]]:
    given, gives = (one.model_json_schema(mode="serialization") for one in (tool.asked, tool.gives))
    return _untitled(given), _untitled(gives)


def _untitled(schema: Any, *, named: bool = False) -> Any:
    """Leave out the titles that repeat each name: a list of tools is read by the token."""
    if isinstance(schema, dict):
        return {
            key: _untitled(part, named=key in ("properties", "$defs"))
            for key, part in schema.items()
            if named or key != "title"
        }
    return [_untitled(part) for part in schema] if isinstance(schema, list) else schema
