FROM busybox:1.35
LABEL org.opencontainers.image.title="web"
RUN mkdir /www && echo "built at home" > /www/index.html
RUN dd if=/dev/zero of=/junk bs=1024 count=512 && rm /junk
ENV PORT=8080
EXPOSE 8080
USER 1000
ENTRYPOINT ["httpd", "-f", "-h", "/www"]
CMD ["-p", "8080"]
