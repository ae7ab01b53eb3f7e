"""Rules of an Application Load Balancer's listeners (Elastic Load Balancing v2 API, Rule)."""

from sgcheck.aws.kind import Absence, Kind, elbv2
from sgcheck.aws.listener import EACH_LISTENER, Action
from sgcheck.aws.record import Record


class ListenerRuleRecord(Record, frozen=True, kw_only=True):
    """A rule; its ARN tells the listener. Rules of other services, which have the same key, have no such ARN."""

    rule_arn: str | None = None
    actions: list[Action] | None = None
    is_default: bool | None = None


LISTENER_RULE: Kind[ListenerRuleRecord] = Kind(
    name="listener rule",
    plural="listener rules",
    keys=("Rules",),
    record=ListenerRuleRecord,
    absence=Absence.ASSUMED,
    absence_note="a listener without known rules is judged by its default action, with a warning",
    calls=(elbv2("describe_rules", "DescribeRules", "Rules", each=EACH_LISTENER),),
    id_of=lambda record: record.rule_arn or "",
    id_members=("RuleArn",),
    telltales=frozenset({"Conditions", "IsDefault"}),
    telltale="RuleArn",
)
