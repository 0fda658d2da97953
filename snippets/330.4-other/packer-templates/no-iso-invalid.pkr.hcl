source "qemu" "debian" {
  iso_checksum = "none"
  disk_size    = "8G"
  ssh_username = "student"
}

build {
  sources = ["source.qemu.debian"]
}
