"""`docs/diagnosis.md`, made from the causes."""

from __future__ import annotations

from pathlib import Path

from sgcheck.diagnose.cause import Cause, Where
from sgcheck.diagnose.causes import CAUSES
from sgcheck.diagnose.symptoms import Symptom

PAGE = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"

_HEAD = """\
# Diagnosis

`sgcheck diagnose` takes what a client sees and says what may be the cause: what the configuration holds back, and what lies beyond it.

```sh
sgcheck diagnose -i examples/web-server-nothing-listening/network.json --to i-123 --port 80 --observed refused
```

```text
```

* `--observed` takes a symptom by name (SYMPTOMS), or the whole message that a program printed; `-` reads it from standard
  input. Where a program says the same of several symptoms, all of them are judged, and the answer says so.
* Every cause says what speaks for it and against it, what is to be seen if it is this one or its nearest rival, and what to type next.
* Without `--from` the client is taken to be in the internet. `--source-ip` says which address this machine has there.
* The exit code is 0 whatever is found.

## How far a cause is to be believed

| confidence | when |
|---|---|
| high | something names the cause, and nothing speaks against it: the configuration holds the packets back there, a piece of evidence says just this, or the symptom can be nothing else |
| medium | it is the usual cause of what is seen, or more than the symptom speaks for it, and nothing against it; or something names it and something else speaks against it, without outweighing it |
| low | it would explain what is seen, and no more; or more speaks against it than for it |

The blockers of the configuration are causes, too, under [their own codes](blockers.md). A configuration that says one thing and a sight
that says another are told as a contradiction, with the causes that reconcile them.

## Evidence

| option | what it is |
|---|---|
| `--probe` | one real attempt from this machine (`--tries` for more); what comes of it is what is observed |
| `--flow-logs` | VPC flow logs: files and folders; `--log-format` where the files do not name their fields |
| `--athena` | VPC flow logs in a table of Amazon Athena; see [flow-logs.md](flow-logs.md) |
| `--listeners` | what `sudo ss -ltnup`, `netstat` or `lsof` print on the target |
| `--user-data` | the instance's user data |
| `--console` | what `aws ec2 get-console-output` prints |
| `--compare-with` | a target that works: what is different |

Target health and status checks are taken from the configuration itself, where it has them; `--evidence-free` leaves them out.
"""

_TITLES = {
    Where.BEYOND: "At or behind the target",
    Where.ANYWHERE: "At the client",
    Where.DOUBT: "When configuration and sight contradict each other",
}


def render() -> str:
    """The page, save what its example prints, which the test of the pages keeps true."""
    parts = [_HEAD.replace("SYMPTOMS", ", ".join(f"`{symptom}`" for symptom in Symptom))]
    for where, title in _TITLES.items():
        parts.append(f"## {title}\n")
        parts += [_cause(cause) for cause in CAUSES if cause.where is where]
    return "\n".join(parts)


def _cause(cause: Cause) -> str:
    seen = ", ".join(f"`{symptom}`" for symptom in cause.explains)
    names = ", ".join(f"`{says}`" for says in cause.names)
    named = f"- Named by evidence that says {names}\n" if names else ""
    return f"### {cause.code}\n\n{cause.what}\n\n- A client sees: {seen}\n- To be seen if it is this: {cause.sign}\n{named}"
