#!/bin/bash
if [ $(ip link show br0) = "" ]; then
    ip link add br0 type bridge
fi
