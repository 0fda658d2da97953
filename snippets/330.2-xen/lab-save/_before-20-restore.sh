#!/bin/bash
# The guest is gone before it comes back.
! xl domid web01 2> /dev/null
