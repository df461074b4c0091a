"""What messages of each length were really billed as, learnt from one's own statuses."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from zrtools.arguments import checked
from zrtools.engines import AnyFrame, gather, portable, require
from zrtools.intervals import wilson
from zrtools.messages import EACH_PART, FIRST_PART, parts_of_length
from zrtools.schemas import PART_LIMITS, PARTS, check

__all__ = ["fit_parts", "part_limits"]


@checked
def fit_parts(statuses: AnyFrame) -> pl.DataFrame:
    """Learn from delivered messages what each carrier billed for each length, and how sure that is.

    Takes statuses on any engine and gives PARTS: for each carrier and length in characters what most messages were
    billed as, how many agree, and the lower end of the share's 95% interval (Wilson), beside the usual Japanese
    table's estimate. A low `sure` with many messages means that something else than length decides; with few, that
    more are needed. Where two counts are as frequent the larger stands.

    Raises `InputError` when the bodies are not there (an archive without messages).
    """
    frame = portable(statuses)
    require(frame, "message", "carrier_id", "carrier", "status_id", "separated_success_count")
    keys = ["carrier_id", "carrier", "message_length", "parts"]
    rows = (
        frame.filter(nw.col("status_id") == 2)
        .select(
            nw.col("carrier_id").cast(nw.String).alias("carrier_id"),
            nw.col("carrier").cast(nw.String).alias("carrier"),
            nw.col("message").str.len_chars().cast(nw.Int64).alias("message_length"),
            nw.col("separated_success_count").cast(nw.Int64).alias("parts"),
            nw.lit(1).cast(nw.Int64).alias("agreeing"),
        )
        .filter(~nw.col("message_length").is_null(), ~nw.col("parts").is_null())
        .group_by(keys)
        .agg(nw.col("agreeing").sum().alias("agreeing"))
    )
    # engines give sums in types of their own
    counted = gather(rows)[0].with_columns(pl.col("agreeing", "parts", "message_length").cast(pl.Int64))
    agreeing, messages = pl.col("agreeing"), pl.col("messages")
    return (
        counted.sort("agreeing", "parts", descending=True)
        .group_by("carrier_id", "carrier", "message_length", maintain_order=True)
        .agg(pl.col("parts").first(), messages=agreeing.sum(), agreeing=agreeing.first())
        .with_columns(
            sure=wilson(agreeing / messages, messages)[0],
            estimate=parts_of_length(pl.col("message_length")),
        )
        .select(pl.col(c).cast(t) for c, t in PARTS.items())
        .sort("carrier_id", "message_length", nulls_last=True)
    )


@checked
def part_limits(parts: pl.DataFrame) -> pl.DataFrame:
    """Sum up what was learnt as a table of limits: how long a message may be for so many parts.

    Takes PARTS and gives PART_LIMITS, by carrier and parts: the limit lies between `longest_seen` and
    `shortest_longer`, the next length seen to be billed as more.
    """
    check(parts, PARTS, "PARTS")
    keys = ["carrier_id", "carrier"]
    groups = (
        parts.filter(pl.col("parts") > 0)
        .group_by(*keys, "parts")
        .agg(
            longest_seen=pl.col("message_length").max(),
            messages=pl.col("messages").sum(),
            against=(pl.col("messages") - pl.col("agreeing")).sum(),
        )
        .sort(*keys, "parts", nulls_last=True)
    )
    longer = (
        groups.select(*keys, "parts", "longest_seen")
        .join(parts.select(*keys, "message_length", more="parts"), on=keys, how="inner", nulls_equal=True)
        .filter((pl.col("more") > pl.col("parts")) & (pl.col("message_length") > pl.col("longest_seen")))
        .group_by(*keys, "parts")
        .agg(shortest_longer=pl.col("message_length").min())
    )
    return (
        groups.join(longer, on=[*keys, "parts"], how="left", nulls_equal=True)
        .with_columns(
            usual=pl.when(pl.col("parts") == 1)
            .then(FIRST_PART)
            .otherwise(pl.col("parts") * EACH_PART)
            .cast(pl.Int32)
        )
        .select(pl.col(c).cast(t) for c, t in PART_LIMITS.items())
        .sort(*keys, "parts", nulls_last=True)
    )
