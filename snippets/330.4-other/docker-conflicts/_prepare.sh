docker volume create data > /dev/null
docker network create --subnet 198.51.100.0/24 front > /dev/null
docker run -d --name web -p 8080:80 -v data:/data --network front busybox:1.35 httpd -f > /dev/null
