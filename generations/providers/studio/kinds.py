"""Glyphs that behave alike when things are put together."""

SKY = frozenset("☀️ ☁️ ☄️ ⚡ ⛅ ⛈️ ✨ ⭐ 🌈 🌓 🌕 🌙 🌛 🌞 🌟 🌠 🌧️ 🌨️ 🌩️ 🛸 🪐 🎆 ❄️ +aurora".split())
HOLDERS = frozenset(
    """
+balloon +bowl +flowerpot +chest +pirateship +pot +submarine +vase +wateringcan ☕ ⛵ 🍚 🍵 🍷 🎁
🎒 🎩 🏎️ 🏺 👜 📦 🚂 🚕 🚗 🚙 🚢 🚤 🛁 🛍️ 🛒 🛶 🛸 🥃 🥛 🥣 🥤 🧺 🪣 🪴 🪹 🪺 🫙 +mug +openbox +crib
🛻 🚌 🚐 🍲 🥘 🗑️ 📮 🧳 👖 🧦 +pool
""".split()
)
BOARDS = frozenset(
    """
@hexagon @octagon @pentagon ☁️ ❤️ ⬛ 💬 📁 📄 📅 🎞️ 📦 📱 📺 🔴 🔷 🔺 🖥️ 🚩 🛡️ 🟦 💻 📂 🗓️
@circle @square @triangle @cloud 🏷️ ✉️ 📖
""".split()
)
MARKS = frozenset(
    """
@code-xml @dollar-sign @download @percent @upload ▶️ ☠️ ⚓ ⚡ ✅ ✔️ ❌ ❓ ❗ ❤️ ➕ ➖ ⬆️
⬇️ ⭐ 🌱 🍃 🎵 👤 💀 💧 🔍 🔑 🔒 🔥 🔴 🟦 🔺 🔷 @hexagon @check 👁️ ☂️ 🐾 🌟
""".split()
)
HATS = frozenset("⛑️ 🎓 🎩 👑 👒 🧢 🪖 🎅 +witchhat +santahat +partyhat".split())
SPECTACLES = frozenset("👓 🕶️ 🥽".split())
NECKWEAR = frozenset("🧣 🎀".split())
GARMENTS = frozenset("👔 👕 👚 👗 🧥 🥼 🦺 👘 🥋".split())
SIDE_VIEWS = frozenset("🐈 🐕 🐎 🐄 🐖 🐘 🐁 🐑 🐐 🐅 🐆 🦌 🐇 🦒 🐢 🐌 🦆 🐓".split())
FACES = frozenset("🐻 🦊 🐱 🐶 🐰 🐼 🐨 🐸 🦁 👩 👨 👦 👧 🧑 🧒 🤖 🐻‍❄️ 🦝 🐹 😀".split())
PLAIN = frozenset("🔴 🟦 🔷 🔺 ⬛ @hexagon".split())
BADGES = frozenset("🔴 ➕ ➖ ✅ ✔️ ❌ ❗ ❓ @plus @check @x".split())
# Where a sign on them goes, as a share of their height.
CENTRES = {"+mappin": 0.36, "👕": 0.58, "🎒": 0.68, "👚": 0.55, "☕": 0.62, "+mug": 0.6}
SURFACES = frozenset("+table 🛏️ +shelf 🍽️ +sofa 🛋️ +branch".split())
TOGETHER = ("on", "under", "in", "above", "behind", "before", "around", "against", "ringed")
WORN = HATS | SPECTACLES | NECKWEAR | GARMENTS
