#!/bin/bash
vgchange -q -an vg0
