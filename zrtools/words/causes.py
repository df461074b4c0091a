"""What is said of the causes of incidents: what to do, what to tell the customer, and whom to ask what."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "heading": Label("原因と対応", "Causes, and who acts"),
    "intro": Label(
        "異常（不達の急増）の理由と広がりから推定した原因です。確定したものではありません。",
        "The probable cause of each incident, from its reasons and its segment. None is proven.",
    ),
    "cause": Label("推定原因", "probable cause"),
    "owner": Label("対応者", "who acts"),
    "sure": Label("確度", "how sure"),
    "why": Label("根拠", "why"),
    "to_do": Label("今すること", "what to do now"),
    "to_tell": Label("お客様への説明", "what to tell the customer"),
    "ticket": Label("問い合わせ文（コピー用）", "text to send, ready to copy"),
    "name": Label("区分", "where"),
    "sentence": Label(
        "推定原因：{cause}（{sure}）。対応者：{owner}。{to_do}",
        "Probable cause: {cause} ({sure}). Who acts: {owner}. {to_do}",
    ),
    "short": Label(
        "推定原因：{cause}（{sure}）。対応者：{owner}。",
        "Probable cause: {cause} ({sure}). Who acts: {owner}.",
    ),
    "because": Label(
        "通常より多い不達の{share}が「{categories}」で、{shape}に集中し、{carriers}キャリア・{senders}送信元・{campaigns}キャンペーンに及んでいます。",
        "{share} of the additional failures are {categories}; they lie on {shape}, over {carriers} carrier(s), "
        "{senders} sender(s) and {campaigns} campaign(s).",
    ),
    "because_mixed": Label(
        "通常より多い不達の理由は1つに偏らず（{categories}）、{shape}に集中し、{carriers}キャリア・{senders}送信元・{campaigns}キャンペーンに及んでいます。",
        "The additional failures have no one reason ({categories}); they lie on {shape}, over {carriers} carrier(s), "
        "{senders} sender(s) and {campaigns} campaign(s).",
    ),
    "because_little": Label(
        "通常より多い不達を理由ごとに分けられないため、特定できません。",
        "The additional failures cannot be told apart by reason.",
    ),
    "alone": Label(
        "この時間帯はほかと比べられないため、確度を下げています。",
        "Nothing else was sent at that time to compare with, so this is less sure.",
    ),
    "narrow": Label(
        "及んでいる範囲が狭いため、確度を下げています。", "It touches little, so this is less sure."
    ),
    "do carrier fault": Label(
        "{where}の障害情報を確認し、提供元に問い合わせてください。収まるまで再送せず、収まった後に、期限内のものだけを再送してください。",
        "Look at the notices of {where} and ask the vendor. Send nothing again until it is over, then only what is not too late.",
    ),
    "do service fault": Label(
        "すぐに提供元へ問い合わせ、急がない配信は止めてください。原因が分かるまで再送しないでください。",
        "Ask the vendor at once and hold back what can wait. Send nothing again before the cause is known.",
    ),
    "do sender or text blocked": Label(
        "この送信元・文面での配信を止め、ブロックの有無を提供元に確認してください。受信者が拒否したものとは扱わず、番号を外さないでください。急ぐものは別の手段で連絡してください。",
        "Stop sending with this sender or text and ask the vendor whether it is blocked. Recipients did not refuse: drop no "
        "numbers. Use another channel for what is urgent.",
    ),
    "do stale list": Label(
        "このリストへの配信を止め、電話番号クリーニングにかけてから使ってください。再送しないでください。",
        "Stop sending to this list and clean its numbers before it is used again. Send nothing again.",
    ),
    "do handset side": Label(
        "対応は不要です。期限内のものだけ、日中に再送してください。",
        "Nothing: it passes. Send again by day what is not too late.",
    ),
    "do unknown code": Label(
        "コードの意味を提供元に確認してください。分かるまで再送も除外もしないでください。",
        "Ask the vendor what the code means. Until then send nothing again and drop no numbers.",
    ),
    "do unclear": Label(
        "内訳（理由・文面・リンク先・時間帯）を確認してください。どこにも偏らなければ、提供元に問い合わせてください。",
        "Look into reasons, texts, links and hours; where nothing stands out, ask the vendor.",
    ),
    "tell carrier fault": Label(
        "{start}頃から{end}、{where}宛のSMSが届きにくい状況でした。キャリア側の障害または混雑とみられ、番号やお客様の設定の問題ではありません。必要なものは収まり次第お送りします。",
        "From {start} {end} SMS to {where} were hard to deliver, probably because of a fault or congestion at the carrier. Neither "
        "the numbers nor your settings are the reason. What is still needed will be sent once it is over.",
    ),
    "tell service fault": Label(
        "{start}頃から{end}、SMSが全体的に届きにくい状況でした。配信サービスの経路に原因があるとみて、提供元に確認しています。",
        "From {start} {end} SMS were hard to deliver everywhere. The delivery service is the probable reason; the vendor has been asked.",
    ),
    "tell sender or text blocked": Label(
        "{start}頃から{end}、{segment}のSMSが受信側で拒否されるようになりました。迷惑メッセージ対策などで遮断されている可能性があり、提供元に確認しています。受信者が個別に拒否したものではないと考えられます。",
        "From {start} {end} SMS of {segment} were turned away, probably by a filter; the vendor has been asked. It does not look "
        "as if recipients had refused them one by one.",
    ),
    "tell stale list": Label(
        "{list}のリストには、現在使われていない番号が多く含まれています（通常 {usual} に対し不達率 {rate}）。最新の名簿への更新と、電話番号クリーニングをお勧めします。",
        "The list of {list} holds many numbers that are no longer in service (failure rate {rate}, usually {usual}). We advise "
        "bringing it up to date and having its numbers cleaned.",
    ),
    "tell handset side": Label(
        "{start}頃から{end}、電波の届かない・電源が入っていないなど受信側の理由で届かないSMSが増えました。回線や設定の問題ではありません。",
        "From {start} {end} more handsets than usual were out of coverage or switched off. Neither lines nor settings are the reason.",
    ),
    "tell unknown code": Label(
        "{start}頃から{end}、仕様書に記載のないコードの不達が増えました。提供元に意味を確認しています。",
        "From {start} {end} more SMS than usual failed with a code that no public table explains; the vendor has been asked.",
    ),
    "tell unclear": Label(
        "{start}頃から{end}、{segment}で不達が増えました。原因を調べています。",
        "From {start} {end} more SMS than usual failed on {segment}; we are looking into it.",
    ),
    "until": Label("{end}頃まで", "to {end}"),
    "until_now": Label("現在まで", "until now"),
    "where_all": Label("各キャリア", "all carriers"),
    "ask carrier fault": Label(
        "キャリア側の障害・規制の有無と、復旧の見込みをご確認ください。",
        "Please tell us whether the carrier has a fault or restricts traffic, and when it will be over.",
    ),
    "ask service fault": Label(
        "サービス側または接続経路の障害の有無と、復旧の見込みをご確認ください。",
        "Please tell us whether the service or its routes have a fault, and when it will be over.",
    ),
    "ask sender or text blocked": Label(
        "この送信元または文面が、キャリアや迷惑メッセージ対策で遮断されていないかご確認ください。遮断されている場合は、解除の手順をお知らせください。",
        "Please tell us whether this sender or text is blocked by carriers or a spam filter, and how that is lifted.",
    ),
    "ask stale list": Label(
        "このリストは欠番が多く、このままでは使えません。名簿の更新時期をご確認のうえ、最新のものに差し替えてください。電話番号クリーニング後に配信を再開します。",
        "Many numbers of this list are not in service. Please check when it was last brought up to date and replace it; sending goes "
        "on once its numbers are cleaned.",
    ),
    "ask unknown code": Label(
        "次の詳細コードの意味と、必要な対応をお知らせください。",
        "Please tell us what these detailed codes mean, and what to do.",
    ),
    "ask unclear": Label(
        "不達が増えた原因に心当たりがあればお知らせください。",
        "Please tell us what may have caused this rise of failures.",
    ),
    "ticket_text": Label(
        "件名：SMS不達の増加について（{segment}、{start}〜）\n"
        "期間：{start}〜{end}（日本時間、送信時刻）{open}\n"
        "区分：{segment}\n"
        "送信元SMSコード：{senders}\n"
        "キャリア：{carriers}\n"
        "キャンペーン：{campaigns}\n"
        "件数：確定{settled}件のうち不達{failed}件（{rate}、通常{usual}）、通常より約{excess}件多い\n"
        "詳細コード：{codes}\n"
        "該当する clientTag の例：{tags}\n"
        "{ask}",
        "Subject: more SMS failures than usual ({segment}, from {start})\n"
        "Time: {start} to {end} (Japan, times of sending){open}\n"
        "Where: {segment}\n"
        "Sender codes: {senders}\n"
        "Carriers: {carriers}\n"
        "Campaigns: {campaigns}\n"
        "Count: {failed} of {settled} settled messages failed ({rate}, usually {usual}), about {excess} more than usual\n"
        "Detailed codes: {codes}\n"
        "Sample clientTags: {tags}\n"
        "{ask}",
    ),
    "still_open": Label("、継続中", ", not over yet"),
    "no_tags": Label("なし（clientTag なしで送信）", "none (sent without a clientTag)"),
}
