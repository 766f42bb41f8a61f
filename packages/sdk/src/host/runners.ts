const set = (names: string) => new Set(names.trim().split(/\s+/))

/**
 * Programs that run what stands in files of the folder they are started in, or read their orders from there: whoever
 * may write a file there says what runs. Shells and interpreters, build tools, and what has hooks or a configuration
 * of the project. https://gtfobins.github.io, https://git-scm.com/docs/git-config (core.fsmonitor, core.hooksPath),
 * https://owasp.org/www-project-top-10-ci-cd-security-risks/CICD-SEC-04-Poisoned-Pipeline-Execution
 */
const byFolder = set(`
  ansible ansible-playbook ansible-test ant ash autoconf autoheader autoreconf awk bash bashbug bazel bazelisk bmake
  buck bun bundle bundler busybox byobu bzr c++ c89 c99 cabal cargo cc clang clisp clojure cmake cobc composer conda
  corepack csh darcs dash deno direnv docker docker-compose dotnet dune dvips elixir elvish emacs emacsclient erl
  escript eslint expect fish fossil g++ gawk gcc gdb gh ghci ghostscript git gmake go gradle gradlew groff grunt gs
  guile gulp helm hg iex irb irssi java jest jj jjs jrunscript jshell julia just k3s kotlin ksh ksh93 kubectl latex
  latexmk lazygit ld lerna lldb lua luajit lualatex luatex mage make man mandb mawk meson mix mksh mocha msbuild mutt
  mvn mvnw nano nawk nerdctl ninja nix nix-shell node nodejs npm npx nroff nu nvim nx ocaml octave oksh packer
  pdflatex pdftex pdksh perl php pico pip pip3 pipenv pipx pnpm pnpx podman poetry posh powershell pre-commit prettier
  pry psql puppet pwsh py pypy pytest python python2 python3 R r rake rbash rc rebar3 rksh Rscript ruby rustc rustup
  rview rvim rzsh sash sbcl sbt scala scons screen sh snap sphinx-build sqlmap stack svn swc swift task tclsh tcsh
  terraform tex tig tmux tofu tox toybox ts-node tsc tshark tsx tup turbo uv uvx vagrant vi view vim vimdiff virsh
  vite vitest waf webpack weechat wireshark wish xcodebuild xelatex xetex yarn yash zig zsh
`)

/**
 * Programs that run another one when their words say so. With exact words they do what the words say; a word that may
 * be anything could be the order. https://gtfobins.github.io (functions `shell` and `command`), and wrappers whose
 * business it is to start another program.
 */
const byWords = set(`
  7z 7za aa-exec agetty apt apt-get aria2c arj as aspell at bat batcat batch bee borg bpftrace bridge builtin bwrap
  c_rehash capsh catchsegv certbot check_by_ssh check_cups check_log choom chroot chrt command cpan cpio cpulimit
  crash crontab crun cryptsetup csvtool ctr cu cupsfilter dbus-launch dbus-run-session dc debugfs dialog distcc dmesg
  dmsetup dnf doas dosbox dpkg dstat dtrace dtruss dumb-init dvtm easy_install easyrsa eatmydata ed elinks entr env
  eqn eval ex exec facter fakeroot faketime fd fdfind find finger firejail flatpak flock fping ftp fzf gcore gem genie
  gimp ginsh git-shell gnuplot gosu gpg gtester hping3 hyperfine iftop inotifywait ionice ip ispell joe journalctl
  ld.so ldconfig less lftp links loginctl logrotate logsave ltrace lxc lxc-attach lynx machinectl mail mail.mailutils
  mailx minicom mlocate more most mount msfconsole msgfilter mtr multitime mysql mysqldump nc ncat ncdu ncftp ncu
  netcat nft nice nmap nodemon nohup nsenter nsjail open openssl openvpn opkg parallel pax perf pexec pg pic pidstat
  pkexec pm2 prlimit proxychains proxychains4 psftp rar rlogin rlwrap rpm rpmdb rpmquery rpmverify rsh rsync rtorrent
  run-mailcap run-parts runc runscript scp script scrot sed service setarch setlock setpriv setsid sftp sg slsh
  smbclient socat softlimit source sqlite3 ssh ssh-agent ssh-copy-id ssh-keygen ssh-keyscan sshpass start-stop-daemon
  startx stdbuf strace su sudo sudoedit supervisord systemctl systemd-resolve systemd-run tar taskset tasksh tcpdump
  tdbtool telnet time timedatectl timeout tini torify torsocks troff tsocks unbuffer unionfs unrar unshare
  update-alternatives valgrind varnishncsa vlock vmctl w3m wall watch watchexec watchman wpa_cli x-terminal-emulator
  xargs xdg-open xdg-user-dir xdotool xinit xpad xterm xvfb-run yelp yum zathura zip zsoelim zypper
`)

/** The name without its version and ending: `python` for `python3.12`, `vim` for `vim.basic`. */
function shapes(name: string): readonly string[] {
  const low = name.toLowerCase()
  return [name, low, low.replace(/\.(?:exe|cmd|bat|com|ps1)$/, ''), low.split('.')[0]!, low.replace(/[-.\d]+$/, '')]
}

/**
 * Does a program of this name run what its folder says, or, where the list leaves a word free, what such a word says?
 */
export function isRunner(name: string, freeWords: boolean): boolean {
  return shapes(name).some((one) => byFolder.has(one) || (freeWords && byWords.has(one)))
}
