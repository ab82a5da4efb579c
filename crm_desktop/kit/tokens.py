"""The colours of the two themes by name. Pure data: no Qt, so that contrast can be tested without a screen."""

from dataclasses import dataclass

from crm_contract.lists import Tone


@dataclass(frozen=True, slots=True)
class ToneColors:
    """`text` on `fill` for pills and bars; `mark` for stripes, dots and bars of charts."""

    text: str
    fill: str
    mark: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """`#RRGGBB` by role. `soft` is the selected fill, `ctrl` the border of inputs, `button_border` that of buttons."""

    dark: bool
    window: str
    surface: str
    sunken: str
    hover: str
    border: str
    rule: str
    ctrl: str
    button_border: str
    text: str
    muted: str
    faint: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    soft: str
    scroll: str
    toast: str
    on_toast: str
    toast_muted: str
    toast_accent: str
    scrim: str
    ok: ToneColors
    warn: ToneColors
    error: ToneColors
    info: ToneColors
    violet: ToneColors
    neutral: ToneColors
    chart: tuple[str, str, str, str]

    def tone(self, tone: Tone) -> ToneColors:
        return {
            Tone.OK: self.ok, Tone.WARN: self.warn, Tone.ERROR: self.error, Tone.INFO: self.info,
            Tone.VIOLET: self.violet, Tone.NEUTRAL: self.neutral,
        }[tone]

    def color(self, name: str) -> str:
        """A colour by name: `accent`, `warn` (its text), `warn.fill`, `warn.mark`. Raises AttributeError if unknown."""
        base, _, part = name.partition(".")
        value = getattr(self, base)
        return getattr(value, part or "text") if isinstance(value, ToneColors) else value


LIGHT = Tokens(
    dark=False,
    window="#F3F5F8", surface="#FFFFFF", sunken="#EAEEF3", hover="#F1F5FA", border="#D9E0E8", rule="#E8ECF1",
    ctrl="#808B99", button_border="#BCC6D2",
    text="#18212B", muted="#55606D", faint="#636E7B", disabled="#8A94A0",
    accent="#1560BD", accent_hover="#114F9C", on_accent="#FFFFFF", soft="#E2EDFB",
    scroll="#B4BECB", toast="#1E2935", on_toast="#FFFFFF", toast_muted="#B7C2CE", toast_accent="#8CBCFF",
    scrim="#0B1F33",
    ok=ToneColors("#13703F", "#DFF3E7", "#2F9E63"),
    warn=ToneColors("#855300", "#FFF0CF", "#C48200"),
    error=ToneColors("#B3261E", "#FCE6E4", "#D9483F"),
    info=ToneColors("#0A6580", "#DDF1F7", "#2C93B0"),
    violet=ToneColors("#6A3FA0", "#EFE7F9", "#8A5CC7"),
    neutral=ToneColors("#4A5562", "#E9EDF2", "#808B99"),
    chart=("#1560BD", "#5B95DB", "#A9C8EE", "#D3E3F7"),
)

DARK = Tokens(
    dark=True,
    window="#13171C", surface="#1B2128", sunken="#262E37", hover="#222A33", border="#313A45", rule="#28303A",
    ctrl="#7A8796", button_border="#4A5664",
    text="#E7ECF2", muted="#A6B2C0", faint="#93A0AF", disabled="#707C8A",
    accent="#6CA9FF", accent_hover="#8CBCFF", on_accent="#0B1522", soft="#1C3454",
    scroll="#4F5B69", toast="#E7ECF2", on_toast="#18212B", toast_muted="#55606D", toast_accent="#1560BD",
    scrim="#05090D",
    ok=ToneColors("#5FD09A", "#143527", "#3FAE78"),
    warn=ToneColors("#F2B84E", "#3A2C0D", "#D9A036"),
    error=ToneColors("#FF8D84", "#43201D", "#E8695F"),
    info=ToneColors("#66C9E3", "#113540", "#45A9C4"),
    violet=ToneColors("#C4A3F5", "#2F2345", "#A683DE"),
    neutral=ToneColors("#B7C2CE", "#2A333D", "#7A8796"),
    chart=("#6CA9FF", "#4579BD", "#31527F", "#243A58"),
)


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two `#RRGGBB` colours, 1..21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[i:i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
