#!/bin/bash
printf 'info status\n' | socat - "unix-connect:web01.mon
