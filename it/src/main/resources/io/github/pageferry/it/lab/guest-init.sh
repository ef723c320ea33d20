#!/bin/busybox sh
# The guest's first process: makes the machine ready and starts the harness, which talks over the second serial port.
export PATH=/bin HOME=/tmp
/bin/busybox --install -s /bin

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
# the firmware's last line has no end
echo

for module in /modules/*.ko; do
  case $module in
    *-brd.ko) insmod "$module" rd_nr=2 rd_size=16384 ;;
    *) insmod "$module" ;;
  esac
done
for disk in ext4:ram0 vfat:ram1; do
  system=${disk%:*} device=/dev/${disk#*:}
  [ -b "$device" ] || continue
  gunzip -c "/disks/$system.img.gz" >"$device"
  mount -t "$system" "$device" "/mnt/$system"
done
# as recorded: version 1 where the kernel has it
mount -t cgroup -o cpuset cgroup /sys/fs/cgroup 2>/dev/null || mount -t cgroup2 cgroup2 /sys/fs/cgroup

stty -F /dev/ttyS1 raw -echo
cd /app
sh -c "exec $(cat /app/command) /dev/ttyS1" </dev/null
echo "pageferry-lab: the harness ended with status $?"
sync
poweroff -f
