"""Socket contracts hold on the loop that the process runs on and on the plain one."""

import asyncio

import uvloop

BOTH = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}
PLAIN = {"asyncio": asyncio.new_event_loop}


def pytest_asyncio_loop_factories(config, item):  # the names are the plugin's
    return BOTH if item.module.__name__.endswith(("test_http", "test_link")) else PLAIN
