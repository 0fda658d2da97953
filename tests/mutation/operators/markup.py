"""Faults of libvirt's XML."""

from tests.mutation.operators import Fault

LEAF = r"<(?P<tag>[\w-]+)(?P<more>[^<>]*)>(?P<text>[^<]*)</(?P=tag)>"
ENUM = (
    "type|mode|bus|device|unit|action|direction|cache|discard|io|error_policy|stp|localOnly|trunk|managed|placement|"
    "snapshot|autoport|enable|state|offset|firmware|enabled|family|arch|default|ipv6|default"
)

ANY: list[Fault] = [
    ("element-typo", LEAF, r"<\g<tag>x\g<more>>\g<text></\g<tag>x>"),
    ("empty-element-typo", r"(?<=<)([\w-]+)(?=[^<>]*/>)", r"\1x"),
    ("element-case", LEAF, lambda m: m[0].replace(m["tag"], m["tag"].upper())),
    ("attribute-typo", r"(?<= )([\w-]+)(?==[\"'])", r"\1x"),
    ("attribute-twice", r" ([\w-]+=(\"[^\"]*\"|'[^']*'))", r" \1 \1"),
    ("unquoted", r"(?<==)[\"']([^\"']*)[\"']", r"\1"),
    ("quote-lost", r"(?<==)([\"'])([^\"']*)\1", r"\1\2"),
    ("bad-choice", rf"(?<= )({ENUM})=([\"'])[^\"']*\2", r"\1=\2nonsense\2"),
    ("negative-number", r"(?<!priority=\")(?<=[\">])\d+(?=[\"<])", "-7"),
    ("word-for-number", r"(?<=[\">])\d+(?=[\"<])", "many"),
    ("end-tag-lost", r"</[\w:-]+>", ""),
    ("start-tag-lost", r"<[\w:-]+(?: [^<>/]*)?(?<!/)>", ""),
    ("truncated", r"(?<=<)[^<>/]*(?=>)[\s\S]*\Z", lambda m: m[0][: len(m[0].split(">")[0]) // 2]),
    ("stray-text", r"(?<=/>)(?=\n)", "  # a note"),
    ("stray-element", r"(?m)^(?= +<\w)", "<note/>\n"),
    ("undefined-entity", r">(?=[\w/.-]+<)", ">&nosuch;"),
    ("ampersand", r">(?=[\w/.-]+<)", "> & "),
    ("wrong-root", r"\A<(\w+)([\s\S]*)</\1>", r"<document\2</document>"),
    ("second-root", r"\Z", "<note/>\n"),
    ("doctype", r"\A", '<!DOCTYPE any [<!ENTITY a "b">]>\n'),
    ("bad-mac", r"((?:[0-9a-f]{2}:){5})[0-9a-f]{2}", r"\1zz"),
    ("bad-address", r"((?:address|ip|start|end|addr)=[\"']\d+\.\d+\.\d+)\.\d+", r"\1.999"),
    ("bad-uuid", r"([0-9a-f]{8}-[0-9a-f]{4}-)[0-9a-f]{4}-", r"\1"),
    ("name-empty", r"<name>[^<]*</name>", "<name></name>"),
    ("name-lost", r"\A(<(?!network|domainsnapshot|pool)\w+[^>]*>\s*)<name>[^<]*</name>", r"\1"),
    ("name-twice", r"(?<=\A)(<\w+[^>]*>\s*)(<name>[^<]*</name>)", r"\1\2\2"),
    ("name-outside", r"(<name>[^<]*</name>)([\s\S]*)\Z", r"\2\1"),
]

FAULTS = {
    ".domain.xml": [
        *ANY,
        ("memory-lost", r"<memory .*</memory>", ""),
        ("system-lost", r"<os\b[\s\S]*</os>", ""),
        ("memory-misplaced", r"(<memory .*</memory>)([\s\S]*?<devices>)", r"\2\1"),
        ("disk-misplaced", r"(<disk [\s\S]*?</disk>)([\s\S]*)(</domain>)", r"\2\1\3"),
        ("target-lost", r"<target dev=\S+ bus=\S+/>", ""),
        ("target-twice", r"(<disk [\s\S]*?</disk>)", r"\1\1"),
        ("target-bad", r"(?<=<target dev=.)[vsx]+da(?=. bus)", "disk"),
        ("machine-unknown", r"(?<=machine=\")[\w.-]+", "pc-q36"),
        ("more-current-than-there-are", r"(?<=<vcpu current=\")\d+", "99"),
        ("cpu-set-upside-down", r"(?<=cpuset=\")[\d-]+", "3-1"),
        ("interface-source-lost", r"<source (network|bridge)=\S+/>", ""),
        ("format-unknown", r"(?<=<driver name=\"qemu\" type=\")\w+", "qcow9"),
        ("virtual-cpus-none", r"(?<=>)\d+(?=</vcpu>)", "0"),
    ],
    ".net.xml": [
        *ANY,
        ("prefix-too-long", r"(?<=prefix=\")\d+", "129"),
        ("range-outside", r"(?<=range start=\")[\d.]+", "203.0.113.1"),
        ("range-upside-down", r"start=\"(\S+)\" end=\"(\S+)\"", r'start="\2" end="\1"'),
        ("host-outside", r"(mac=.* ip=\")\d[\d.]+", r"\g<1>203.0.113.1"),
        ("forward-twice", r"(<forward[^>]*/>)", r"\1\1"),
        ("range-misplaced", r"(<range .*/>)([\s\S]*</ip>)", r"\2\1"),
        ("portgroup-twice", r"(<portgroup [\s\S]*?</portgroup>)", r"\1\1"),
        ("tag-too-high", r"(?<=<tag id=\")\d+", "5000"),
    ],
    ".pool.xml": [
        *ANY,
        ("source-lost", r"<source>[\s\S]*</source>", ""),
        ("path-relative", r"(?<=<target>)(\s*)<path>/", r"\1<path>"),
        ("target-lost", r"<target>[\s\S]*</target>", ""),
        ("source-misplaced", r"<source>([\s\S]*)</source>", r"\1"),
        ("other-kind", r"(?<=pool type=.)\w+", "lvm"),
    ],
    ".vol.xml": [
        *ANY,
        ("capacity-lost", r"<capacity.*</capacity>", ""),
        ("capacity-misplaced", r"(<capacity.*</capacity>)([\s\S]*?<target>)", r"\2\1"),
        ("format-unknown", r"(?<=format type=\")\w+", "qcow9"),
        ("unit-unknown", r"(?<=unit=\")\w+", "gigs"),
        ("mode-no-octal", r"(?<=<mode>)\d+", "0999"),
    ],
    ".snapshot.xml": [
        *ANY,
        ("disk-unknown", r"(?<=disk name=\")\w+", "nosuch"),
        ("disk-twice", r"(<disk [\s\S]*?</disk>)", r"\1\1"),
        ("disks-misplaced", r"<disks>([\s\S]*)</disks>", r"\1"),
        ("disk-name-lost", r" name=\"\w+\"(?= snap)", ""),
    ],
    ".nwfilter.xml": [
        *ANY,
        ("chain-unknown", r"(?<=chain=\")\w+", "nosuch"),
        ("action-lost", r" action=\"\w+\"", ""),
        ("direction-lost", r" direction=\"\w+\"", ""),
        ("port-too-high", r"(?<=portstart=\")\d+", "70000"),
        ("priority-too-high", r"(?<=priority=\")\d+", "5000"),
        ("protocol-unknown", r"<(tcp|all)\b", r"<\1x"),
        ("rule-misplaced", r"(<tcp .*/>)(\s*</rule>)", r"\2\1"),
        ("filter-name-lost", r"(?<=<filter) name=\"\S+\"", ""),
    ],
}
