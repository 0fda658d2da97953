"""A new case: `make new CASE=330.5-libvirt/net-routed FROM=330.5-libvirt/net-isolated`.

With FROM the case starts as a copy of another one, without its receipt; else as one session with one command.
Nothing is ever written over.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from overrides.blocks import model
from overrides.blocks.model import ROOT

NAME = re.compile(r"(?P<slug>330\.\d-[a-z]+)/(?P<case>[a-z0-9]+(?:-[a-z0-9]+)*)")
LANGUAGES = {".xml": "xml", ".cfg": "ini", ".console": "console", ".sh": "bash", ".yaml": "yaml", ".json": "json"}
FIRST = {"330.2-xen": ("xen-lab", "dom0")}  # where a first session runs, if not in the sandbox of kvm1


def make(name: str, source: str = "", root: Path = ROOT) -> Path:
    """Make the case `name`, like `source` if that is given; return its folder. `SystemExit` says what is wrong."""
    found = NAME.fullmatch(name)
    objective = found and next((o for o in model.objectives() if o.slug == found["slug"]), None)
    if not objective:
        slugs = ", ".join(o.slug for o in model.objectives())
        sys.exit(f"CASE={name}: not a case's name; write OBJECTIVE/WORDS-WITH-HYPHENS, with one of {slugs}")
    folder = root / "snippets" / name
    if folder.exists():
        sys.exit(f"CASE={name}: snippets/{name} is there already; choose another name")
    title = found["case"].replace("-", " ").capitalize()
    if source:
        like = root / "snippets" / source
        if not NAME.fullmatch(source) or not (like / "case.toml").is_file():
            sys.exit(f"FROM={source}: no such case; `ls snippets/{found['slug']}` shows some")
        shutil.copytree(like, folder, ignore=shutil.ignore_patterns("run.toml"))
        text = (folder / "case.toml").read_text(encoding="utf-8")
        text = re.sub(r"^title = .*", f'title = "{title}"', text, count=1, flags=re.M)
    else:
        place, host = FIRST.get(objective.slug, ("tool", "kvm1"))
        numbers = ", ".join(f'"{number}"' for number in (objective.id, *objective.also))
        text = f'title = "{title}"\nobjectives = [{numbers}]\nruns_on = "{place}"\n'
        folder.mkdir(parents=True)
        (folder / "10-first.console").write_text(f"root@{host}:~# hostname\n", encoding="utf-8")
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return folder


def next_steps(folder: Path) -> str:
    """What the author does now, with the lines that show the case on a page."""
    name = "/".join(folder.parts[-2:])
    shown = [p for p in sorted(folder.iterdir()) if not p.name.startswith("_") and p.suffix != ".toml"]
    lines = [
        f"made snippets/{name}",
        "1. Edit its files; case.toml says what the case shows. A session needs only prompts and commands.",
        f"2. make record CASE={name}" if any(folder.glob("*.console")) else "2. (no session: nothing to record)",
        f"3. Show it on a page below docs/{folder.parts[-2]}/:",
    ]
    for path in shown:
        language = LANGUAGES.get(path.suffix, "text")
        lines += ["", f'```{language} title="{name}/{path.name}"', f'--8<-- "{name}/{path.name}"', "```"]
    return "\n".join([*lines, "", "4. make check"])


if __name__ == "__main__":
    print(next_steps(make(*sys.argv[1:])))
