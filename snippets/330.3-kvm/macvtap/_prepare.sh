#!/bin/bash
set -e
ip link add eth0 type veth peer name wire0
ip link set wire0 up
ip link set eth0 up
