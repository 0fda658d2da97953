FROM debian:12
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx \
    && rm -rf /var/lib/apt/lists/*
COPY site/ /var/www/html/
EXPOSE 80
VOLUME /var/log/nginx
HEALTHCHECK CMD ["curl", "-f", "http://127.0.0.1/"]
ENTRYPOINT ["nginx"]
CMD ["-g", "daemon off;"]
