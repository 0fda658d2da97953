#!/bin/bash
# hmp.sh SOCKET COMMAND...: one command for a QEMU monitor, its answer without prompt and echo
coproc MON { socat - "unix-connect:$1"; }
exec {from}<&"${MON[0]}" {to}>&"${MON[1]}"

until_prompt() {
    local part
    answer=
    while IFS= read -r -d ')' -u "$from" part; do
        answer+=$part
        [[ $answer == *"(qemu" ]] && return
        answer+=')'
    done
}

until_prompt # the greeting
printf '%s\n' "${*:2}" >&"$to"
until_prompt
answer=${answer#*$'\n'}
printf '%s' "${answer%(qemu}" | tr -d '\r'
[[ -z $MON_PID ]] || kill "$MON_PID"
