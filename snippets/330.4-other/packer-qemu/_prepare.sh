# The machine of the story: a boot sector that waits for a key, writes it behind "KEY=" on the disk and powers off.
cat > /tmp/boot.s <<'ASM'
.code16
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %es
    mov $0x7c00, %sp
    mov $0x00, %ah
    int $0x16
    mov %al, key
    mov $0x0301, %ax
    mov $0x7c00, %bx
    mov $0x0001, %cx
    mov $0x0080, %dx
    int $0x13
    mov $0x8600, %ax
    mov $0x1e, %cx
    xor %dx, %dx
    int $0x15
    mov $0x604, %dx
    mov $0x2000, %ax
    outw %ax, %dx
    hlt
.org 400
    .ascii "KEY="
key:
    .byte 0x2d
.org 510
    .word 0xaa55
ASM
as --32 -o /tmp/boot.o /tmp/boot.s
ld -m elf_i386 -Ttext 0x7c00 -e 0x7c00 --oformat binary -o ~/base.img /tmp/boot.o
truncate -s 1M ~/base.img
