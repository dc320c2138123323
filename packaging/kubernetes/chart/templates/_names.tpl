{{- /* Only what Go's own templates have: kubectl renders these files, too. */ -}}
{{- define "assay.labels" }}
    app.kubernetes.io/name: assay
    app.kubernetes.io/instance: {{ printf "%q" .Release.Name }}
    app.kubernetes.io/version: {{ printf "%q" .Chart.AppVersion }}
    app.kubernetes.io/managed-by: {{ printf "%q" .Release.Service }}
{{- end }}
