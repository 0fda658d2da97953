"""The two labs: what each machine is made of. Everything else is the same code for both.

Source: qemu-system(1) 7.2, xen(7) command line 4.17, kernel-parameters (Linux 6.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

RECIPES = Path(__file__).with_name("recipe")
LINUX = "quiet mitigations=off nokaslr audit=0 apparmor=0 random.trust_cpu=1 net.ifnames=0"
XEN_ARGUMENTS = (
    "console=com1 com1=115200,8n1 dom0_mem=512M,max:512M dom0_max_vcpus=1 loglvl=info guest_loglvl=info noreboot"
)


@dataclass(frozen=True)
class Lab:
    """One lab: `hosts` are the names of its machines, the first alone or both joined by a network."""

    name: str
    title: str
    hosts: tuple[str, str]
    machine: tuple[str, ...]  # QEMU's options; {folder} is the image's
    emulated: tuple[str, ...]  # those for software emulation
    mac: str
    described: str  # the receipt's words; {package} is a version
    parts: tuple[str, ...] = ("base.qcow2", "initrd", "versions", "vmlinuz")  # what the build leaves
    hardware: tuple[str, ...] = ()  # those for the host's KVM, where it works
    borrowed: tuple[str, ...] = ()  # files of the other recipe that this one uses too

    @property
    def place(self) -> str:
        """The word in case.toml: `runs_on = "xen-lab"`."""
        return f"{self.name}-lab"

    @property
    def recipe(self) -> Path:
        """The folder that the image is made from."""
        return RECIPES / self.name


XEN = Lab(
    name="xen",
    title="Xen lab",
    hosts=("dom0", "dom0b"),
    emulated=("-accel", "tcg,thread=multi,tb-size=256", "-cpu", "max,smap=off,rdtscp=off"),
    mac="00:16:3e:00:00:01",
    described="Xen {xen-hypervisor-4.17-amd64}, Dom0 with Linux {linux-image-amd64}",
    parts=("base.qcow2", "initrd", "versions", "vmlinuz", "xen"),
    machine=(
        "-m", "1024",
        "-kernel", "{folder}/xen", "-append", XEN_ARGUMENTS,
        "-initrd", f"{{folder}}/vmlinuz console=hvc0 {LINUX},{{folder}}/initrd",
    ),
)  # fmt: skip

KVM = Lab(
    name="kvm",
    title="KVM lab",
    hosts=("kvm1", "kvm2"),
    emulated=("-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max"),
    hardware=("-accel", "kvm", "-cpu", "host"),
    mac="52:54:00:00:00:01",
    described="Debian 12 with Linux {linux-image-amd64}, QEMU {qemu-system-x86}, libvirt {libvirt-daemon}",
    borrowed=("xen/dom0-initrd", "xen/finish.sh", "xen/init"),
    machine=(
        "-m", "2048",
        "-kernel", "{folder}/vmlinuz", "-initrd", "{folder}/initrd", "-append", f"console=ttyS0 {LINUX}",
    ),
)  # fmt: skip

LABS = {lab.place: lab for lab in (XEN, KVM)}
