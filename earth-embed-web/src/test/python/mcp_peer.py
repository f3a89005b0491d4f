"""Calls the explorer's tools with the official Python client: a line with the server's address, then lines of
{"tool": NAME, "arguments": {...}} or {}, which lists the tools. Answers each with one line of JSON."""

import asyncio
import json
import sys

from mcp import Client


async def main():
    address = sys.stdin.readline().strip()
    async with Client(address) as client:
        print(json.dumps({"server": client.server_info.name}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            if "tool" not in request:
                tools = (await client.list_tools()).tools
                print(json.dumps(sorted(tool.name for tool in tools)), flush=True)
                continue
            result = await client.call_tool(request["tool"], request["arguments"])
            contents = [
                {"type": content.type, "text": getattr(content, "text", None), "data": getattr(content, "data", None)}
                for content in result.content
            ]
            print(json.dumps({"error": bool(result.is_error), "content": contents}), flush=True)


asyncio.run(main())
