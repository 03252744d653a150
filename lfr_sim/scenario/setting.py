"""How one setting is declared: its default, its unit, how sure we are of it, and where it comes from."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

Status = Literal["published", "derived", "assumed", "fitted"]
"""How a value came to be: printed somewhere, computed from something printed, our judgement, or fitted."""


_LEAST = 1e-30
"""Numbers nearer to 0 are refused: quotients of them would overflow."""


class Section(BaseModel):
    """A frozen group of settings; unknown names, text for numbers, NaN and infinity are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    @field_validator("*")
    @classmethod
    def _can_be_used(cls, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"character {error.start} cannot be written as UTF-8") from None
        return zero_or_at_least(_LEAST, value) if isinstance(value, float) else value


class Shares(Section):
    """A table of shares of one whole: they sum to 1."""

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        values = self.model_dump()
        total = sum(values.values())
        if abs(total - 1.0) > 1e-6:
            left_out = ", ".join(
                f"{name} {value:g}" for name, value in values.items() if name not in self.model_fields_set
            )
            said = f" ({left_out} left out, so the default)" if left_out else ""
            problem = f"the shares of this table sum to {total:.6g}, not to 1{said}"
            raise clash(*values, problem=problem)
        return self


def setting(
    default: Any,
    *,
    unit: str,
    plausible: tuple[Any, Any] | None,
    status: Status,
    source: str,
    **limits: Any,
) -> Any:
    """Declare a setting with its provenance, all of which appears in the JSON Schema.

    Args:
        default: The value used where a scenario says nothing.
        unit: The unit in words ("m/s", "share", "images"); "" for names and switches.
        plausible: The range within which the truth may lie; not the range that is accepted.
        status: Whether the default is published, derived from something published, or assumed.
        source: The publication, the derivation, or why the assumption was made.
        **limits: What is accepted (`ge`, `le`, `gt`, `lt`), as for `pydantic.Field`.
    """
    provenance: dict[str, Any] = {"unit": unit, "plausible": plausible, "status": status, "source": source}
    return Field(default, json_schema_extra=provenance, **limits)


def clash(*names: str, problem: str) -> PydanticCustomError:
    """Return the error of settings of one section that cannot stand together.

    Args:
        *names: The settings concerned; the first is the one to be named as faulty.
        problem: What is wrong, as a clause.
    """
    return PydanticCustomError("clash", "{problem}", {"problem": problem, "names": names})


def zero_or_at_least(least: float, value: float) -> float:
    """Return a value that is divided by: 0 is a case of its own, specks beside it would overflow."""
    if 0 < abs(value) < least:
        raise ValueError(f"it is too small to be told from 0; give 0, or {least:g} and more")
    return value


def share(default: Any, *, plausible: tuple[Any, Any], status: Status, source: str, **limits: Any) -> Any:
    """Declare a setting that is a share: a number from 0 to 1, never a percentage."""
    return setting(
        default,
        unit="share",
        plausible=plausible,
        status=status,
        source=source,
        **{"ge": 0.0, "le": 1.0, **limits},
    )
