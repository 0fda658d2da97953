FROM debian:12
ENTRYPOINT ["/bin/ls"]
ENTRYPOINT ["/bin/cat"]
CMD ["/etc/hostname"]
