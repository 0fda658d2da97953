variable "disk_size" {
  type    = string
  default = "8G"
}

# --8<-- [start:source]
source "qemu" "debian" {
  iso_url          = "debian-12-netinst.iso"
  iso_checksum     = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  disk_size        = var.disk_size
  format           = "qcow2"
  accelerator      = "kvm"
  headless         = true
  http_directory   = "."
  boot_wait        = "5s"
  boot_command     = ["<esc><wait>auto url=http://{{ .HTTPIP }}:{{ .HTTPPort }}/preseed.cfg<enter>"]
  ssh_username     = "student"
  ssh_password     = "student"
  ssh_timeout      = "30m"
  shutdown_command = "sudo shutdown -P now"
}
# --8<-- [end:source]

# --8<-- [start:build]
build {
  sources = ["source.qemu.debian"]

  provisioner "shell" {
    inline = ["sudo apt-get update", "sudo apt-get -y install nginx"]
  }

  post-processor "vagrant" {
    output = "web01.box"
  }
}
# --8<-- [end:build]
