"""What somebody or something must be: of a group, valid, on a list, employed. One fact, yes or no."""

from dataclasses import dataclass
from typing import ClassVar

from subsidies.policy import kinds, words
from subsidies.policy.facts import Reader
from subsidies.policy.rules import BaseRule, Finding
from subsidies.policy.shape import Narrows, key
from subsidies.policy.words import Words, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class InGroup(BaseRule):
    """Of at least one of these groups."""

    type: ClassVar[str] = "in_group"
    label: ClassVar[Words] = Words("所属人群", "Groups")
    about: ClassVar[Words | None] = Words(
        "至少属于所列人群之一。",
        "Of at least one of these groups.",
    )
    groups: tuple[str, ...] = key(kinds.GROUPS, "限以下人群", "Only for", narrows=Narrows.FEWER)

    @property
    def title(self) -> Words:
        named = kinds.GROUPS.words(self.groups)
        return Words(f"限以下人群：{named.zh}", f"Only for: {named.en}")

    def evaluate(self, facts: Reader) -> Finding:
        held = facts.words("person.groups")
        if held is None:
            return self.unknown(facts)
        mine = [group for group in self.groups if group in held]
        if not mine:
            return self.failed(
                facts, ["NOT_IN_GROUP"], Words("不属于规定的人群。", "Of none of the groups that are named.")
            )
        named = kinds.GROUPS.words(mine)
        return self.passed(facts, Words(f"属于：{named.zh}。", f"Belongs to: {named.en}."))


@dataclass(frozen=True, slots=True, kw_only=True)
class FactHolds(BaseRule):
    """One fact must be true. `code` is the reason where it is false."""

    path: ClassVar[str] = ""
    code: ClassVar[str] = ""

    @property
    def title(self) -> Words:
        named = words.fact(self.path)
        return Words(named.zh, sentence(named.en, stop=""))

    def evaluate(self, facts: Reader) -> Finding:
        answer = facts.flag(self.path)
        named = words.fact(self.path)
        if answer is None:
            return self.unknown(facts)
        if answer:
            return self.passed(facts, Words(f"{named.zh}：是。", sentence(f"{named.en}: yes")))
        return self.failed(facts, [self.code], Words(f"{named.zh}：否。", sentence(f"{named.en}: no")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateValid(FactHolds):
    """The certificate stands on the day of the decision, and is of a kind that the programme pays for."""

    type: ClassVar[str] = "certificate_valid"
    label: ClassVar[Words] = Words("证书有效", "Valid certificate")
    about: ClassVar[Words | None] = Words(
        "作出决定之日证书有效，并属于本项目补贴的类别。",
        "The certificate stands on the day of the decision and is of a kind that the programme pays for.",
    )
    path: ClassVar[str] = "certificate.valid"
    code: ClassVar[str] = "CERTIFICATE_NOT_VALID"
    certificate_kinds: tuple[str, ...] = key(
        kinds.KINDS, "限证书类别", "Only these kinds", name="kinds", default=(), narrows=Narrows.WITHIN
    )

    def evaluate(self, facts: Reader) -> Finding:
        kind = facts.fact("certificate.kind") if self.certificate_kinds else None
        if kind and kind not in self.certificate_kinds:
            named = kinds.KINDS.words(self.certificate_kinds)
            return self.failed(
                facts,
                ["CERTIFICATE_KIND"],
                Words(f"只补贴：{named.zh}。", f"Only these are paid for: {named.en}."),
            )
        found = FactHolds.evaluate(self, facts)
        return self.unknown(facts) if not found.codes and facts.missing else found


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderListed(FactHolds):
    """The provider was on the list of its province when the training began."""

    type: ClassVar[str] = "provider_listed"
    label: ClassVar[Words] = Words("培训机构在名单内", "Listed provider")
    about: ClassVar[Words | None] = Words(
        "培训开始时，培训机构在本省名单之内。",
        "The provider was on the list of its province when the training began.",
    )
    path: ClassVar[str] = "provider.listed"
    code: ClassVar[str] = "PROVIDER_NOT_LISTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployedByPayee(FactHolds):
    """Where an enterprise is paid: the person works for it, and where asked is insured by it."""

    type: ClassVar[str] = "employed_by_payee"
    label: ClassVar[Words] = Words("由收款单位雇用", "Employed by the payee")
    about: ClassVar[Words | None] = Words(
        "收款方是企业时，本人须在该企业就业，需要时还须由其参保。",
        "Where an enterprise is paid: the person works for it, and where asked is insured by it.",
    )
    path: ClassVar[str] = "person.employed_by_payee"
    code: ClassVar[str] = "NOT_EMPLOYED_BY_PAYEE"
    insured: bool = key(kinds.FLAG, "须由其参保", "Must be insured by it", default=False)

    def evaluate(self, facts: Reader) -> Finding:
        found = FactHolds.evaluate(self, facts)
        if not self.insured:
            return found
        insured = facts.flag("person.insured_by_payee")
        if insured is False and not found.codes:
            return self.failed(
                facts,
                ["NOT_INSURED_BY_PAYEE"],
                Words("未由收款单位参保。", "Not insured by the payee."),
            )
        if insured is None and found.codes != (self.code,):
            return self.unknown(facts)
        return found
