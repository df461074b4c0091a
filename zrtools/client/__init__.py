"""The client of the service: typed frames in one call, retries, an even pace, a token that never shows.

The only room that imports httpx; it loads with the first request.
"""

from zrtools.client.calls import Client, ShortUrl, new_tag
from zrtools.client.profiles import names as profile_names
from zrtools.client.profiles import remove as remove_profile
from zrtools.client.profiles import save as save_profile
from zrtools.client.sending import Outgoing, SendReceipt
from zrtools.client.settings import BASE_URL, SettingError

__all__ = [
    "BASE_URL",
    "Client",
    "Outgoing",
    "SendReceipt",
    "SettingError",
    "ShortUrl",
    "new_tag",
    "profile_names",
    "remove_profile",
    "save_profile",
]
