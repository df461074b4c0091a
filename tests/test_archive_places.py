"""Where an archive may lie, and what is said where it cannot."""

from __future__ import annotations

import pytest

import zrtools as zr

NOWHERE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "ap-northeast-1",
    "AWS_ALLOW_HTTP": "true",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "max_retries": "0",
    "retry_timeout": "1s",
}


@pytest.mark.parametrize(
    "place",
    [
        "gs://bucket/a",
        "abfss://c@d.dfs.core.windows.net/a",
        "az://c/a",
        "hdfs://host/a",
        "file:///tmp/a",
        "GS://b/a",
    ],
)
def test_place_that_is_not_supported_is_told_as_that(place):
    """It is neither damaged nor closed: it says what is supported, before anything is tried."""
    with pytest.raises(zr.InputError, match=r"not supported.*s3://") as refused:
        zr.Archive(place)
    assert place.partition("://")[0] + "://" in str(refused.value)


def test_store_that_does_not_answer_is_told_as_that():
    """A store that is not there has not denied anything."""
    with pytest.raises(zr.ArchiveError, match="did not answer: check the network, AWS_ENDPOINT_URL"):
        zr.Archive("s3://bucket/archive", storage_options=NOWHERE)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            (
                "Kernel error -> Generic S3 error\n Error performing GET http://127.0.0.1:9/bucket/x/_delta_log/"
                "_last_checkpoint in 500.003µs - HTTP error\n error sending request\n client error (Connect)\n"
                " tcp connect error\n Connection refused (os error 111)"
            ),
            "did not answer: check the network",
        ),
        (
            (
                "Kernel error -> Operation not supported\n an error occurred while loading credentials\n"
                " failed to load IMDS session token\n service error\n request forbidden\n"
                " IMDS is disabled or the caller has insufficient permissions."
            ),
            "check the keys in storage_options",
        ),
    ],
    ids=["no answer", "no keys"],
)
def test_every_allowed_deltalake_is_understood(monkeypatch, said, told):
    """In the words of 1.6.3, the oldest, as of 1.6.6: what is behind their first line decides."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(said)

    monkeypatch.setattr("deltalake.DeltaTable.__init__", fail)
    with pytest.raises(zr.ArchiveError, match=told):
        zr.Archive("s3://bucket/archive")


@pytest.mark.parametrize("took", ["401.2", "403"])
def test_milliseconds_are_no_status(monkeypatch, tmp_path, took):
    """How long a failed question took, 403 ms perhaps, is not taken for a refusal."""
    from deltalake.exceptions import DeltaError

    def fail(*_: object, **__: object) -> None:
        raise DeltaError(f"Generic S3 error: GET http://x/ in {took}ms - HTTP error: error sending request")

    monkeypatch.setattr("deltalake.DeltaTable.__init__", fail)
    with pytest.raises(zr.ArchiveError, match="did not answer"):
        zr.Archive("s3://bucket/archive")
