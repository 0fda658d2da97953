source "qemu" "debian" {
  iso_url      = "debian-12-netinst.iso"
  iso_checksum = "none"
  disk_size    = "8G"
  ssh_username = "student"
}

build {
  sources = ["source.qemu.debian12"]
}
