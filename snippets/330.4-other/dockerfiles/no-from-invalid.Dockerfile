RUN apt-get update
FROM debian:12
