"""What is seen at second t of each film. The captions and the transcript carry the words."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from courses.films.strokes import (
    BAMBOO,
    INDIGO,
    INK,
    LEATHER,
    LEATHER_2,
    PAPER,
    PLUM,
    RATTAN,
    SKIN,
    STEEL,
    STEEL_2,
    between,
    box,
    cross,
    disc,
    ease,
    group,
    path,
    picture,
    strip,
    text,
    tick,
    workshop,
)


@dataclass(frozen=True)
class Scene:
    """A film of `seconds`, drawn by `at`; a chime sounds at each of `chimes`."""

    seconds: int
    at: Callable[[float], str]
    chimes: tuple[float, ...]


# -- 1: what to wear -----------------------------------------------------------------------------------------------


def _person() -> str:
    """A worker seen from the front, feet at (0, 0), 210 px high, in shirt and trousers."""
    return (
        path("M-22 -4v-92h44v92h-18v-74h-8v74z", fill="#33506b")
        + box(-24, -8, 20, 8, "#1b252b", 3)
        + box(4, -8, 20, 8, "#1b252b", 3)
        + path("M-34 -168q34 -14 68 0l8 76h-84z", fill="#7c9db5")
        + path("M-34 -164l-14 72M34 -164l14 72", stroke="#7c9db5", width=17)
        + disc(-49, -86, 9, SKIN)
        + disc(49, -86, 9, SKIN)
        + box(-9, -182, 18, 18, SKIN)
        + disc(0, -198, 21, SKIN)
        + path("M-21 -202a21 21 0 0 1 42 0q-8 -10 -21 -10t-21 10z", fill="#20262a")
        + disc(-8, -196, 2.2, INK)
        + disc(8, -196, 2.2, INK)
        + path("M-6 -186q6 5 12 0", stroke=INK, width=2)
    )


def _jacket() -> str:
    return (
        path("M-37 -170q37 -16 74 0l9 96h-92z", fill=LEATHER)
        + path("M-36 -166l-14 68M36 -166l14 68", stroke=LEATHER, width=20)
        + path("M0 -174v98M-20 -120h-10M20 -120h10", stroke=LEATHER_2, width=3)
        + path("M-14 -174l14 14l14 -14", stroke=LEATHER_2, width=4)
    )


def _boots() -> str:
    return (
        path("M-25 0v-34h22v20l-1 14z", fill="#3c2a17")
        + path("M25 0v-34h-22v20l1 14z", fill="#3c2a17")
        + path("M-27 -1h25M27 -1h-25", stroke="#6f4916", width=4)
    )


def _gloves() -> str:
    glove = path("M-9 -18h18l3 20q1 14 -6 18h-10q-9 -4 -8 -18z", fill="#c98f35") + path(
        "M-9 -12h18", stroke="#8a5c1f", width=3
    )
    return group(glove, -50, -88) + group(glove, 50, -88)


def _goggles() -> str:
    return path("M-21 -200h42", stroke="#14507f", width=3) + box(
        -17, -205, 34, 14, "#bfe0ff", 6, 'stroke="#14507f" stroke-width="3"'
    )


def _helmet(tilt: float) -> str:
    """The welding helmet: at `tilt` 1 it is up, at 0 it covers the face."""
    shell = path("M-25 -32q0 -14 25 -14t25 14v32q-6 20 -25 22q-19 -2 -25 -22z", fill="#17324a") + box(
        -16, -18, 32, 15, "#0b2416", 2, f'stroke="{BAMBOO}" stroke-width="2"'
    )
    return group(shell, 0, between(-190, -214, tilt), between(1, 0.92, tilt), 0)


_WEAR = (_jacket, _boots, _gloves, _goggles)
_SHELF = ((430, 150), (540, 150), (430, 252), (540, 252), (485, 202))
_EACH = 6.0


def _wear(t: float) -> str:
    feet = (190, 316)
    body = workshop() + disc(190, 318, 66, "#000", 'opacity=".22"')
    body += box(368, 74, 236, 214, "#0e171d", 8, 'opacity=".55"') + path(
        "M368 176h236M486 74v214", stroke=STEEL_2, width=2, more='opacity=".6"'
    )
    worn = _person()
    flying = ""
    for index, part in enumerate(_WEAR):
        start = 2 + index * _EACH
        share = ease(t, start + 1.2, start + 3.4)
        pulse = 1 + 0.06 * math.sin(t * 6) if start <= t < start + 1.2 else 1
        home = _SHELF[index]
        centre = {0: -125, 1: -18, 2: -88, 3: -198}[index]
        if share >= 1:
            worn += part()
        else:
            scale = between(0.62, 1.0, share) * pulse
            x = between(home[0], feet[0], share)
            y = between(home[1] - centre * 0.62, feet[1], share)
            flying += group(part(), x, y, scale)
        body += tick(home[0] + 34, home[1] - 30, ease(t, start + 3.4, start + 4.0), 13)
    start = 2 + len(_WEAR) * _EACH
    share = ease(t, start, start + 2)
    tilt = 1 - ease(t, start + 4, start + 5)
    helmet = _helmet(tilt)
    if share > 0:
        worn += group(helmet, 0, between(-60, 0, share), 1, 0, share)
    glow = ease(t, start + 5, start + 6)
    body += group(worn, *feet, 1.12) + flying
    body += disc(318, 232, 92 * glow, "url(#arc)", 'opacity=".85"') + disc(
        318, 232, 150 * glow, "url(#warm)", 'opacity=".35"'
    )
    body += tick(190, 44, ease(t, start + 6, start + 7), 22)
    return picture(
        body
        + strip(
            5, ease(t, 2, 2 + _EACH) + sum(ease(t, 2 + _EACH * i, 2 + _EACH * (i + 1)) for i in range(1, 5))
        )
    )


# -- 2: the place --------------------------------------------------------------------------------------------------


def _carton() -> str:
    return box(-22, -34, 44, 34, "#b98d55", 2) + path("M-22 -22h44M0 -34v12", stroke="#8a5c1f", width=3)


def _can() -> str:
    return (
        box(-14, -38, 28, 38, PLUM, 4)
        + box(-6, -46, 12, 9, "#7c2248", 2)
        + path("M0 -30q9 10 4 18q-4 5 -8 0q-5 -8 4 -18z", fill="#ffd58c")
    )


def _rags() -> str:
    return path("M-24 0q-4 -16 8 -14q2 -12 14 -8q12 -8 16 6q14 0 10 16z", fill="#8fa6b4") + path(
        "M-14 -6q8 -6 14 0M4 -8q8 -4 12 2", stroke="#5b6b74", width=2
    )


def _extinguisher() -> str:
    return (
        box(-13, -62, 26, 62, "#b3261e", 9)
        + box(-13, -40, 26, 12, PAPER, 0)
        + path("M-4 -62v-9h12l10 -6M-6 -72h18", stroke="#222c32", width=4)
        + path("M12 -68q16 4 12 34", stroke="#222c32", width=4)
    )


def _bench() -> str:
    return (
        box(-92, -74, 184, 12, "url(#steel)", 2)
        + box(-84, -62, 10, 62, STEEL_2)
        + box(74, -62, 10, 62, STEEL_2)
        + path("M-52 -74l8 -26h88l8 26z", fill=STEEL)
        + path("M-44 -100h88", stroke="#c6d0d5", width=3)
    )


def _hood(t: float, share: float) -> str:
    """The extractor comes down from above; arrows rise into it."""
    y = between(-60, 84, share)
    hood = path(f"M320 -10v{y:.0f}", stroke=STEEL_2, width=20) + path(
        f"M278 {y + 26:.0f}l22 -34h40l22 34z", fill=STEEL
    )
    arrows = ""
    if share >= 1:
        for i in range(3):
            phase = (t * 0.55 + i / 3) % 1
            arrows += group(
                path("M-7 6L0 -2L7 6", stroke="#bfe0ff", width=3.5),
                296 + i * 24,
                between(206, 122, phase),
                1,
                0,
                1 - abs(phase - 0.5),
            )
    return hood + arrows


def _place(t: float) -> str:
    ring = ease(t, 2, 5)
    body = workshop()
    body += f'<ellipse cx="320" cy="312" rx="{250 * ring:.1f}" ry="{34 * ring:.1f}" fill="{RATTAN}" fill-opacity=".16" stroke="{RATTAN}" stroke-width="3" stroke-dasharray="10 8"/>'
    if ring >= 1:
        body += path("M330 312h228", stroke=RATTAN, width=2) + path(
            "M550 306l10 6l-10 6", stroke=RATTAN, width=2
        )
        body += group(
            box(-32, -15, 64, 26, INK, 4, 'opacity=".78"') + text(0, 6, "10 m", 19, "#ffe0a8"), 436, 294
        )
    curtain = ease(t, 24, 27)
    for i in range(5):
        body += box(548 + i * 19 + (1 - curtain) * 110, 96, 16, 192, "#b0521c", 2, 'opacity=".75"')
    body += group(_bench(), 320, 304)
    things = ((_carton, 214, 326, 40, 6.0), (_rags, 410, 332, 602, 9.0), (_can, 262, 340, 84, 12.0))
    for part, x, y, away, start in things:
        share = ease(t, start, start + 2.4)
        warn = ease(t, start - 1.2, start - 0.7) * (1 - ease(t, start + 2.0, start + 2.4))
        body += group(part(), between(x, away, share), y) + cross(between(x, away, share), y - 62, warn, 12)
        body += tick(away, y - 62, ease(t, start + 2.4, start + 3), 11)
    came = ease(t, 15.5, 18)
    body += group(_extinguisher(), between(690, 492, came), 320) + tick(492, 226, ease(t, 18, 18.6), 12)
    body += _hood(t, ease(t, 19.5, 22)) + tick(366, 66, ease(t, 22, 22.6), 12)
    body += tick(596, 78, ease(t, 27, 27.6), 12)
    body += tick(320, 190, ease(t, 30, 31), 22)
    done = ease(t, 2, 6) + ease(t, 6, 15) + ease(t, 15, 19) + ease(t, 19, 24) + ease(t, 24, 30)
    return picture(body + strip(5, done))


# -- 3: power, work, and after ---------------------------------------------------------------------------------------


def _machine(on: bool) -> str:
    lamp = BAMBOO if on else "#34413c"
    return (
        box(-54, -92, 108, 84, INDIGO, 6)
        + box(-54, -92, 108, 20, "#17507f", 6)
        + disc(-36, -82, 5, lamp)
        + disc(22, -46, 17, INK)
        + path("M22 -46l9 -10" if on else "M22 -46l-9 -10", stroke="#fff", width=3)
        + box(-42, -60, 34, 22, "#0b2416" if on else "#1b252b", 2)
        + "".join(path(f"M-40 {-26 + 6 * i}h30", stroke="#17507f", width=3) for i in range(3))
        + disc(-38, -4, 8, INK)
        + disc(38, -4, 8, INK)
    )


def _sparks(t: float) -> str:
    body = ""
    for i in range(26):
        phase = (t * 1.7 + i * 0.377) % 1
        angle = -math.pi * (0.12 + 0.76 * ((i * 0.618) % 1))
        reach = 30 + 66 * ((i * 0.271) % 1)
        x = 452 + math.cos(angle) * reach * phase
        y = 226 + math.sin(angle) * reach * phase + 62 * phase * phase
        body += disc(x, y, 2.3 * (1 - phase) + 0.5, "#ffd58c")
    return body


def _clock(minutes: float, share: float) -> str:
    angle = minutes / 60 * 2 * math.pi - math.pi / 2
    face = disc(0, 0, 40, PAPER) + disc(0, 0, 40, "none", f'stroke="{INDIGO}" stroke-width="5"')
    if minutes > 0:
        big = 1 if minutes > 30 else 0  # noqa: PLR2004 - half a turn
        x, y = math.cos(angle) * 34, math.sin(angle) * 34
        face += path(f"M0 0V-34A34 34 0 {big} 1 {x:.2f} {y:.2f}z", fill=RATTAN, more='opacity=".6"')
    face += path(f"M0 0L{math.cos(angle) * 30:.1f} {math.sin(angle) * 30:.1f}", stroke=INK, width=4)
    return group(
        face
        + group(
            box(-40, -15, 80, 26, INK, 4, 'opacity=".8"') + text(0, 6, f"{int(minutes)} min", 18, "#ffe0a8"),
            0,
            62,
        ),
        320,
        84,
        share,
    )


_ON, _ARC, _STOP, _OFF, _WATCH = 12.0, 15.0, 24.0, 26.0, 28.0


def _work(t: float) -> str:
    on = _ON <= t < _OFF
    body = workshop()
    body += group(_machine(on), 118, 316, 1.15)
    mend = ease(t, 3.5, 4.5)
    body += path("M180 300q60 34 120 6t110 -34", stroke="#12181b", width=9)
    body += path("M236 315q14 1 24 -1", stroke=PLUM, width=10, more=f'opacity="{1 - mend:.2f}"')
    body += cross(248, 280, ease(t, 1.5, 2) * (1 - mend)) + tick(248, 280, ease(t, 4.5, 5))
    body += (
        box(392, 246, 200, 12, "url(#steel)", 2)
        + box(402, 258, 10, 40, STEEL_2)
        + box(572, 258, 10, 40, STEEL_2)
    )
    body += path("M412 246l6 -20h150l6 20z", fill=STEEL)
    clamp = ease(t, 6.5, 9)
    x, y = between(330, 556, clamp), between(316, 232, clamp)
    body += path(f"M176 316q120 46 {x - 176:.0f} {y - 306:.0f}", stroke="#5a3a12", width=6)
    body += group(
        path("M-16 -12h22l8 8v8l-8 8h-22z", fill=RATTAN)
        + path("M14 -5h14M14 5h14", stroke="#8a5c1f", width=5),
        x,
        y,
        1,
        8,
    )
    body += tick(556, 196, ease(t, 9, 9.6), 12) + tick(
        118, 190, ease(t, _ON, _ON + 0.6) * (1 - ease(t, _STOP, _OFF)), 12
    )
    arc = ease(t, _ARC, _ARC + 0.4) * (1 - ease(t, _STOP - 0.4, _STOP))
    reach = ease(t, _ON + 0.8, _ARC) * (1 - ease(t, _STOP, _STOP + 1.6))
    hand = group(
        path("M0 0l26 -26", stroke="#b97a3c", width=9)
        + path("M26 -26q22 -24 64 -28", stroke="#232b30", width=11)
        + path("M70 -62q30 -22 74 -10l30 14v50q-60 10 -100 -6q-14 -24 -4 -48z", fill=LEATHER)
        + path("M86 -52q24 -8 44 -4M84 -36q24 -6 46 -2", stroke=LEATHER_2, width=3),
        between(720, 455, reach),
        between(150, 224, reach),
        0.9,
    )
    body += hand
    if arc > 0:
        flicker = 0.9 + 0.1 * math.sin(t * 37)
        body += disc(452, 226, 120 * flicker * arc, "url(#arc)") + disc(
            452, 226, 190 * arc, "url(#warm)", 'opacity=".5"'
        )
        body += _sparks(t)
    seam = ease(t, _ARC, _STOP)
    if seam > 0:
        body += path(
            f"M440 227h{between(0, 70, seam):.1f}", stroke="#e0a04a" if t < _WATCH else "#8fa6b4", width=6
        )
    body += cross(118, 190, ease(t, _OFF, _OFF + 0.6), 12)
    body += _clock(30 * ease(t, _WATCH, 34), ease(t, _WATCH - 0.8, _WATCH))
    body += tick(452, 150, ease(t, 34, 34.8), 20)
    done = ease(t, 1, 6) + ease(t, 6, 11) + ease(t, 11, _STOP) + ease(t, _STOP, _WATCH) + ease(t, _WATCH, 34)
    return picture(body + strip(5, done))


SCENES = {
    "wear": Scene(36, _wear, (5.4, 11.4, 17.4, 23.4, 32.0)),
    "place": Scene(34, _place, (5.0, 8.4, 11.4, 14.4, 18.0, 22.0, 27.0)),
    "work": Scene(36, _work, (4.5, 9.0, 12.0, 26.0, 34.0)),
}
