#!/bin/sh
# dpkg runs this as postrm, and rpm as %postun. electron-builder's own script would delete the command and the AppArmor profile
# on an upgrade too, because rpm runs it after the new version is in place. electron-builder replaces the names in ${}, so the
# shell's variables are written without braces.
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

# Otherwise the kernel would apply the profile until the next start.
remove_profile() {
  [ -f "$profile" ] || return 0
  if apparmor_status --enabled >/dev/null 2>&1 && ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
}

# Deletes a person's files as that person, so that a symbolic link cannot lead to files that they may not delete. A folder
# that is a link, or is reached through one, stays, because the link may be intended.
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

# For root and for the people of this computer. The ids between belong to services (Debian policy 9.2.2).
forget_everybody() {
  getent passwd | while IFS=: read -r name _ uid gid _ home _; do
    case "$home" in /?*) ;; *) continue ;; esac
    if [ "$uid" -eq 0 ] || { [ "$uid" -ge 1000 ] && [ "$uid" -lt 60000 ]; }; then
      forget_person "$name" "$uid" "$gid" "$home"
    fi
  done
}

# dpkg passes `remove` and later `purge`; rpm passes the number of versions that remain. Anything else is an upgrade.
case "$1" in
  remove | 0) remove_command && remove_profile ;;
  purge) forget_everybody ;;
esac
