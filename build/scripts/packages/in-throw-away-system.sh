#!/bin/sh
# in-throw-away-system.sh BASE OUTPUT CHECKOUT COMMAND...: runs the command as root on a disposable copy of this system. The
# copy is an overlay in memory over the root file system, and ends with the command. Only files in OUTPUT remain. BASE is an
# empty folder. CHECKOUT also appears as /checkout, where other users can read it. The network has only a loopback device.
#
# Start it with `unshare --mount --net --pid --fork --kill-child`.
set -e
base=$1 output=$2 checkout=$3
shift 3
folder=$(pwd)

mount --make-rprivate /
mount -t tmpfs -o mode=0755 none "$base"
root=$base/root
overlay() {
  mkdir -p "$base/$3/upper" "$base/$3/work" "$2"
  mount -t overlay -o "lowerdir=$1,upperdir=$base/$3/upper,workdir=$base/$3/work" none "$2"
}
overlay / "$root" system
# The checkout may be on another file system.
overlay "$checkout" "$root$checkout" checkout
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mkdir -p "$root$output" "$root/checkout"
mount --bind "$output" "$root$output"
mount --bind "$root$checkout" "$root/checkout"
ip link set lo up

mkdir "$root/old-root"
# Not chroot: Chromium's sandbox needs a user namespace, and the kernel allows none in a chroot.
pivot_root "$root" "$root/old-root"
umount --lazy /old-root
rmdir /old-root
cd "$folder"
exec "$@"
