#!/bin/bash
kill $(pgrep oxenstored)
sleep 0.5
