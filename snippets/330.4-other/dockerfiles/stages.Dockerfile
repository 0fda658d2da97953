# Two stages: the compiler stays behind, only the program is shipped.
FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /hello .

FROM scratch
COPY --from=build /hello /hello
USER 1000
ENTRYPOINT ["/hello"]
