"""What somebody knows their browser again by: its family and system, and nothing else of what it says about itself."""

from __future__ import annotations

#: what stands in a User-Agent -> family; those that call themselves another's name besides come first
BROWSERS = {
    "MicroMessenger/": "WeChat",
    "QQBrowser/": "QQ",
    "UCBrowser/": "UC",
    "HuaweiBrowser/": "Huawei",
    "MiuiBrowser/": "Xiaomi",
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Harmony": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def device_word(agent: str) -> str:
    """``Firefox · Windows``; "" for a browser that is not known."""
    words = (next((word for mark, word in known.items() if mark in agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, words))
