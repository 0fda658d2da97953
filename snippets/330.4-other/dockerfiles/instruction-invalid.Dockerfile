FROM debian:12
WORKDIRECTORY /srv
CMD ["ls"]
