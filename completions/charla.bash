# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of charla's command line for bash.

_charla() {
	local word=${COMP_WORDS[COMP_CWORD]}
	local before=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $word == = ]]; then
		word=
	elif [[ $before == = ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	case $before in
	--dir | --data)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		compopt -o filenames
		;;
	--config)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames
		;;
	--theme)
		mapfile -t COMPREPLY < <(compgen -W \
			'auto dark light mono' -- "$word")
		;;
	--announce)
		mapfile -t COMPREPLY < <(compgen -W \
			'on private off' -- "$word")
		;;
	--notify)
		mapfile -t COMPREPLY < <(compgen -W \
			'none bell osc9 osc99 osc777' -- "$word")
		;;
	-p | --port | -n | --name | --bind | --at-once | --time-format) ;;
	*)
		if [[ $word == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '--port --bind
				--announce --name --dir --data --config --keep-mode
				--at-once --incognito --plain --theme
				--time-format --notify --notify-text --mouse
				--title --progress --links --help
				--version' -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -W doctor \
				-A hostname -- "$word")
		fi
		;;
	esac
}
complete -F _charla charla
