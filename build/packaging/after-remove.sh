#!/bin/sh
# What dpkg calls as postrm and rpm as %postun, in place of electron-builder's own, which takes the command and the AppArmor
# profile away on an upgrade, too: rpm calls it after the new version's files and scripts are in place. electron-builder
# fills in the names in ${}, so the shell's own variables go without the braces.
set -e

program='/opt/${sanitizedProductName}/${executable}'
profile='/etc/apparmor.d/${executable}'

remove_command() {
  if type update-alternatives >/dev/null 2>&1; then
    update-alternatives --remove '${executable}' "$program"
  else
    rm -f '/usr/bin/${executable}'
  fi
}

# The kernel would keep to the profile until the next start.
remove_profile() {
  [ -f "$profile" ] || return 0
  if apparmor_status --enabled >/dev/null 2>&1 && ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
}

# A person's own files are removed as that person. A link that stands in for the folder, or for one above it, then leads
# to nothing that they could not have deleted themselves; and since it may be there on purpose, it stays as it is.
forget_person() {
  setpriv --reuid="$2" --regid="$3" --init-groups -- sh -c '
    cd "$1" 2>/dev/null && home=$(pwd -P) || exit 0
    data="$home/.local/share/${executable}" entry="$home/.config/autostart/${executable}.desktop"
    if [ -d "$data" ] && [ "$(readlink -f -- "$data")" = "$data" ]; then
      rm -rf --one-file-system -- "$data" && echo "Removed the keys and the usage in $data"
    fi
    if [ -f "$entry" ] && grep -qxF "Exec=\"$2\" --hidden" "$entry"; then rm -f -- "$entry"; fi
  ' sh "$4" "$program" </dev/null || echo "The keys and the usage of $1 could not be removed" >&2
}

# root, and the people of this computer (Debian policy 9.2.2); the users between are services.
forget_everybody() {
  getent passwd | while IFS=: read -r name _ uid gid _ home _; do
    case "$home" in /?*) ;; *) continue ;; esac
    if [ "$uid" -eq 0 ] || { [ "$uid" -ge 1000 ] && [ "$uid" -lt 60000 ]; }; then
      forget_person "$name" "$uid" "$gid" "$home"
    fi
  done
}

# dpkg says `remove` and then `purge`; rpm says how many versions are left. Anything else is an upgrade.
case "$1" in
  remove | 0) remove_command && remove_profile ;;
  purge) forget_everybody ;;
esac
