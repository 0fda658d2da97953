variable "image" {
  type    = string
  default = "busybox:1.35"
}

source "docker" "web" {
  image  = var.image
  pull   = false
  commit = true
  changes = [
    "ENTRYPOINT [\"httpd\", \"-f\", \"-h\", \"/www\"]",
    "EXPOSE 80",
  ]
}

build {
  sources = ["source.docker.web"]

  provisioner "shell" {
    inline = ["mkdir /www", "echo 'made by Packer' > /www/index.html"]
  }

  post-processor "docker-tag" {
    repository = "web"
    tags       = ["1"]
  }
}
