#!/bin/sh
# in-throw-away-system.sh BASE OUTPUT CHECKOUT COMMAND...: runs the command as root on what looks like this computer, with
# all that is on its root file system, and of which nothing lasts: what is written stays in memory and goes with the command.
# Only what is written to OUTPUT lasts. BASE is an empty folder. CHECKOUT is there as /checkout, too, so that other users can
# read it. The network is a loopback of its own.
#
# Run it by `unshare --mount --net --pid --fork --kill-child`.
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
# It may be on a file system of its own.
overlay "$checkout" "$root$checkout" checkout
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mkdir -p "$root$output" "$root/checkout"
mount --bind "$output" "$root$output"
mount --bind "$root$checkout" "$root/checkout"
ip link set lo up

mkdir "$root/old-root"
# Not chroot: in a chroot the kernel gives nobody a user namespace, and Chromium makes its sandbox of one.
pivot_root "$root" "$root/old-root"
umount --lazy /old-root
rmdir /old-root
cd "$folder"
exec "$@"
