"""Emoji by their names, as people type them in chats: `:shrug:`."""

from typing import Final

_NAMES: Final = """
+1 👍|-1 👎|100 💯|angry 😠|apple 🍎|astonished 😲|baby 👶|balloon 🎈|beer 🍺|beers 🍻|bell 🔔
bike 🚲|birthday 🎂|blush 😊|boom 💥|brain 🧠|broken_heart 💔|bug 🐛|bulb 💡|cake 🍰|calendar 📅
camera 📷|car 🚗|cat 🐱|check ✅|cherries 🍒|chocolate 🍫|clap 👏|clock 🕐|cloud ☁|coffee ☕
computer 💻|confetti 🎊|confused 😕|construction 🚧|cookie 🍪|cool 😎|cross ❌
crossed_fingers 🤞|cry 😢|dancer 💃|disappointed 😞|dog 🐶|eyes 👀|facepalm 🤦|fire 🔥|flag 🚩
flushed 😳|fox 🦊|frog 🐸|ghost 👻|gift 🎁|grimacing 😬|grin 😁|handshake 🤝|heart ❤
heart_eyes 😍|hourglass ⌛|house 🏠|hug 🤗|innocent 😇|joy 😂|key 🔑|kiss 😘|laughing 😆|link 🔗
lock 🔒|mag 🔍|mail 📧|melting 🫠|memo 📝|moon 🌙|muscle 💪|mushroom 🍄|music 🎵|nerd 🤓
neutral 😐|ok 👌|open_mouth 😮|package 📦|party 🥳|pensive 😔|phone 📞|pizza 🍕|point_down 👇
point_left 👈|point_right 👉|point_up 👆|poop 💩|pray 🙏|question ❓|rage 😡|rainbow 🌈
raised_hand ✋|recycle ♻|relieved 😌|rocket 🚀|rofl 🤣|rose 🌹|salute 🫡|scream 😱
see_no_evil 🙈|shrug 🤷|skull 💀|sleeping 😴|sleepy 😪|slight_smile 🙂|smile 😄|smirk 😏
snail 🐌|snowman ⛄|sob 😭|sparkles ✨|star ⭐|sun ☀|sunglasses 😎|sweat 😅|tada 🎉|tea 🍵
thinking 🤔|thumbsdown 👎|thumbsup 👍|tired 😫|tongue 😛|train 🚆|tree 🌳|trophy 🏆|turtle 🐢
umbrella ☔|unicorn 🦄|upside_down 🙃|vulcan 🖖|warning ⚠|wave 👋|weary 😩|wink 😉|worried 😟
wrench 🔧|yawn 🥱|yum 😋|zany 🤪|zap ⚡|zzz 💤
"""

EMOJI: Final[dict[str, str]] = {
    name: sign
    for item in _NAMES.replace("\n", "|").split("|")
    if item
    for name, _, sign in [item.partition(" ")]
}
"""Emoji by name, without colons."""

USUAL: Final = ("👍", "❤", "😂", "🎉", "😮", "😢", "🙏", "👀")
"""What people react with most."""
