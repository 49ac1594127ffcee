# Ends what a supervisor leaves behind when it cannot do so itself, SIGKILL included. It reads orders from the supervisor,
#   watch SIGNAL PID · forget PID · unlink FILE · remove FOLDER
# and acts when its standard input closes, which the kernel does however the supervisor died: it removes the files, asks
# every process that is still watched to stop, kills what has not stopped in time, and removes the folders.
trap '' INT TERM HUP
watched=""
files=""
folders=""
alive=""
newline='
'
while read -r order argument; do
  case "$order" in
    watch) watched="$watched $argument" ;;
    forget) watched=$(set -- $watched; while [ $# -gt 0 ]; do [ "$2" = "$argument" ] || printf ' %s %s' "$1" "$2"; shift 2; done) ;;
    unlink) files="$files$argument$newline" ;;
    remove) folders="$folders$argument$newline" ;;
  esac
done

printf '%s' "$files" | while IFS= read -r file; do rm -f -- "$file"; done
set -- $watched
while [ $# -gt 0 ]; do
  kill -s "$1" "$2" 2>/dev/null && alive="$alive $2"
  shift 2
done
tenths=0
while [ "$tenths" -lt 50 ] && [ -n "$alive" ]; do
  sleep 0.1
  tenths=$((tenths + 1))
  alive=$(for pid in $alive; do kill -0 "$pid" 2>/dev/null && printf ' %s' "$pid"; done)
done
for pid in $alive; do kill -s KILL "$pid" 2>/dev/null; done
printf '%s' "$folders" | while IFS= read -r folder; do rm -rf -- "$folder"; done
