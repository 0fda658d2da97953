#!/bin/bash
kill $(pgrep xenconsoled)
while pgrep xenconsoled > /dev/null; do sleep 0.1; done
