source "qemu" "tiny" {
  iso_url          = "base.img"
  iso_checksum     = "sha256:67cdccbe9f2cb229ab2754292a34a5b62a6b15d5600c9846d3c4b1d61957378f"
  disk_image       = true
  disk_size        = "8M"
  format           = "qcow2"
  accelerator      = "tcg"
  headless         = true
  communicator     = "none"
  boot_wait        = "3s"
  boot_command     = ["p"]
  shutdown_timeout = "1m"
  output_directory = "output"
  vm_name          = "tiny.qcow2"
}

build {
  sources = ["source.qemu.tiny"]
}
