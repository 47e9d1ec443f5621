/* Written by `python -m schemas.export`; change schemas/ and run it again. */

/** Household file. Absent: not asked; null: asked, no answer. */
export interface Household {
  address?: { village_id?: string | null; village_name?: string | null; group_no?: string | null; door?: string | null; lat_e7?: number | null; lng_e7?: number | null } | null // 现住址
  registered_address?: string | null // 户籍地
  directions?: string | null // 怎么走
  phone?: string | null // 联系电话
  emergency_contact?: { name?: string | null; relation?: string | null; phone?: string | null } | null // 紧急联系人
  file_number?: string | null // 档号
  ledger_number?: string | null // 台账户编号
  opened_on?: string | null // 建档日期
  listed_on?: string | null // 认定日期
  file_state?: string | null // 在册状态
  case_source?: string | null // 来源
  responsible_worker?: string | null // 责任社工
  risk_level?: string | null // 风险等级
  risk_reason?: string | null // 风险理由
  difficulty_level?: string | null // 困难程度
  categories?: string[] | null // 家庭类别
  next_visit_on?: string | null // 约定下次走访
  last_contact_on?: string | null // 台账最近走访日期
  consent?: string | null // 知情同意
  consent_on?: string | null // 同意日期
  legal_basis?: string | null // 处理依据
  relative_of_official?: boolean | null // 干部近亲属
  household_size?: number | null // 家庭人口
  registered_type?: string | null // 户籍性质
  income_yearly_fen?: number | null // 家庭年收入
  income_sources?: string[] | null // 收入来源
  rigid_expense_yearly_fen?: number | null // 年刚性支出
  policies_enjoyed?: string[] | null // 享受政策
  benefit_monthly_fen?: number | null // 月补贴金额
  poverty_causes?: string[] | null // 致贫（困）原因
  housing_kind?: string | null // 住房类型
  housing_grade?: string | null // 房屋安全等级
  housing_helped_before?: boolean | null // 享受过危房改造
  registered_here?: boolean | null // 本地户籍
  property_state?: string | null // 财产状况
  housing_area_m2?: number | null // 住房面积
  difficulties?: string | null // 主要困难及诉求
  strengths?: string | null // 优势与资源
  helper?: string | null // 帮扶人
  notes?: string | null // 备注
}

/** Members. Absent: not asked; null: asked, no answer. */
export interface HouseholdMembers {
  name?: string | null // 姓名
  former_names?: string | null // 曾用名、小名
  relation?: string | null // 与户主关系
  gender?: string | null // 性别
  born_on?: string | null // 出生日期
  age_told?: { years?: number | null; on?: string | null } | null // 台账所写年龄
  id_number?: string | null // 身份证号
  id_number_state?: string | null // 身份证号状态
  id_number_none_reason?: string | null // 没有身份证号的原因
  other_paper?: { kind?: string | null; number?: string | null } | null // 其他证件
  phone?: string | null // 电话
  categories?: string[] | null // 对象类别
  disability?: { kind?: string | null; grade?: string | null; certificate?: string | null; components?: string[] | null } | null // 残疾情况
  ethnic_group?: string | null // 民族
  education?: string | null // 文化程度
  marital_status?: string | null // 婚姻状况
  political_affiliation?: string | null // 政治面貌
  health_states?: string[] | null // 健康状况
  health_note?: string | null // 疾病与用药
  self_care?: string | null // 自理能力
  work_ability?: string | null // 劳动能力
  employed?: boolean | null // 有工作
  supporter_state?: string | null // 法定赡养（抚养、扶养）人
  parents_state?: string | null // 父母情况
  needs_long_term_care?: boolean | null // 需要长期照护
  seriously_ill?: boolean | null // 重病
  living_situation?: string | null // 居住状况
  occupation?: string | null // 职业
  whereabouts?: string | null // 去向
  whereabouts_place?: string | null // 务工或就读地点
  school_stage?: string | null // 就学情况
  school?: string | null // 学校班级
  policies_enjoyed?: string[] | null // 享受政策
  guardian?: { name?: string | null; relation?: string | null; phone?: string | null } | null // 监护人
  caregiver?: { name?: string | null; relation?: string | null; phone?: string | null } | null // 照料人
  registered_type?: string | null // 户籍性质
  moved_out_on?: string | null // 迁出日期
  died_on?: string | null // 去世日期
  note?: string | null // 备注
}

/** Visits. Absent: not asked; null: asked, no answer. */
export interface HouseholdVisits {
  visited_on?: string | null // 走访日期
  started_time?: string | null // 开始时间
  ended_time?: string | null // 结束时间
  visitors?: string[] | null // 走访人
  companions?: string | null // 同行人
  visit_type?: string | null // 走访类型
  method?: string | null // 走访方式
  outcome?: string | null // 是否见到
  not_met_reason?: string | null // 未见原因
  met_members?: string[] | null // 见到的家人
  met_others?: string | null // 见到的其他人与关系
  place?: { lat_e7?: number | null; lng_e7?: number | null; accuracy_m?: number | null } | null // 定位
  member_changes?: string[] | null // 家庭成员变化
  member_changes_note?: string | null // 成员变化说明
  health_state?: string | null // 健康
  health_findings?: string[] | null // 健康：所见
  health_note?: string | null // 健康：说明
  economy_state?: string | null // 经济与政策待遇
  economy_findings?: string[] | null // 经济与政策待遇：所见
  economy_note?: string | null // 经济与政策待遇：说明
  support_state?: string | null // 赡养扶养与照料
  support_findings?: string[] | null // 赡养扶养与照料：所见
  support_note?: string | null // 赡养扶养与照料：说明
  safety_state?: string | null // 居住安全
  safety_findings?: string[] | null // 居住安全：所见
  safety_note?: string | null // 居住安全：说明
  environment_state?: string | null // 卫生与居住环境
  environment_findings?: string[] | null // 卫生与居住环境：所见
  environment_note?: string | null // 卫生与居住环境：说明
  child_state?: string | null // 儿童
  child_findings?: string[] | null // 儿童：所见
  child_note?: string | null // 儿童：说明
  needs?: string[] | null // 服务需求
  needs_note?: string | null // 需求说明
  policies_told?: string[] | null // 宣讲政策
  services_given?: string[] | null // 当场服务
  services_note?: string | null // 服务说明
  problems?: string | null // 发现问题
  urgency?: string | null // 紧急程度
  danger_signs?: string[] | null // 强制报告情形
  reported_to?: string[] | null // 已报告给
  report_note?: string | null // 报告时间与回执
  next_steps?: string | null // 下一步
  next_visit_on?: string | null // 下次走访日期
  said?: string | null // 对方陈述
  observation?: string | null // 社工观察
  photo_consent?: string | null // 拍照同意
  photos?: string[] | null // 照片
  signature_kind?: string | null // 确认方式
  signature?: string | null // 签名
  review_note?: string | null // 审核意见
}

/** Needs assessments. Absent: not asked; null: asked, no answer. */
export interface HouseholdAssessments {
  assessed_on?: string | null // 预估日期
  method?: string | null // 预估方式
  assessors?: string[] | null // 预估人
  informants?: string | null // 信息提供人与关系
  income_level?: number | null // 经济收入
  income_seen?: string | null // 经济收入：看到了什么
  income_wanted?: string | null // 经济收入：本人想要什么
  housing_level?: number | null // 住房与居家安全
  housing_seen?: string | null // 住房与居家安全：看到了什么
  housing_wanted?: string | null // 住房与居家安全：本人想要什么
  health_level?: number | null // 健康医疗
  health_seen?: string | null // 健康医疗：看到了什么
  health_wanted?: string | null // 健康医疗：本人想要什么
  care_level?: number | null // 照护与自理
  care_seen?: string | null // 照护与自理：看到了什么
  care_wanted?: string | null // 照护与自理：本人想要什么
  livelihood_level?: number | null // 就业与生计
  livelihood_seen?: string | null // 就业与生计：看到了什么
  livelihood_wanted?: string | null // 就业与生计：本人想要什么
  education_level?: number | null // 教育
  education_seen?: string | null // 教育：看到了什么
  education_wanted?: string | null // 教育：本人想要什么
  mood_level?: number | null // 情绪与心理
  mood_seen?: string | null // 情绪与心理：看到了什么
  mood_wanted?: string | null // 情绪与心理：本人想要什么
  family_level?: number | null // 家庭关系与监护
  family_seen?: string | null // 家庭关系与监护：看到了什么
  family_wanted?: string | null // 家庭关系与监护：本人想要什么
  social_support_level?: number | null // 社会支持与融入
  social_support_seen?: string | null // 社会支持与融入：看到了什么
  social_support_wanted?: string | null // 社会支持与融入：本人想要什么
  rights_level?: number | null // 权益与政策落实
  rights_seen?: string | null // 权益与政策落实：看到了什么
  rights_wanted?: string | null // 权益与政策落实：本人想要什么
  home_safety?: string[] | null // 居家安全隐患
  strengths?: string | null // 优势与资源
  instruments?: string[] | null // 所用量表
  difficulty_level?: string | null // 困难程度
  risk_level?: string | null // 风险等级
  risk_reason?: string | null // 风险理由
  conclusion?: string | null // 预估结论
  next_assessment_on?: string | null // 下次预估日期
  worker_note?: string | null // 社工备忘（不参与审批）
}

/** Instrument results. Absent: not asked; null: asked, no answer. */
export interface HouseholdInstrumentResults {
  instrument?: string | null // 量表
  instrument_version?: number | null // 量表版本
  member?: string | null // 测评对象
  done_on?: string | null // 测评日期
  answers?: Record<string, string | number | null> | null // 逐项答案
  score?: number | null // 得分
  band?: string | null // 结果
  source?: string | null // 作答方式
  informant?: string | null // 代答人与关系
  worker?: string | null // 测评社工
  note?: string | null // 备注
}

/** Attachments. Absent: not asked; null: asked, no answer. */
export interface HouseholdAttachments {
  sha256?: string | null // 内容摘要
  thumb?: string | null // 小图摘要
  media_type?: string | null // 格式
  bytes?: number | null // 大小
  kind?: string | null // 种类
  taken_at?: number | null // 拍摄时间
  seconds?: number | null // 时长
  consent?: string | null // 拍摄的同意
  member?: string | null // 关于谁
  caption?: string | null // 说明
}

/** Intakes. Absent: not asked; null: asked, no answer. */
export interface HouseholdIntakes {
  received_on?: string | null // 接案日期
  source?: string | null // 来源
  source_note?: string | null // 谁介绍来的
  members?: string[] | null // 涉及家人
  presenting_problem?: string | null // 求助的问题
  hopes?: string | null // 希望得到什么
  urgency?: string | null // 紧急程度
  decision?: string | null // 处理意见
  decision_reason?: string | null // 理由
  worker?: string | null // 接案社工
  next_steps?: string | null // 下一步
}

/** Consents and agreements. Absent: not asked; null: asked, no answer. */
export interface HouseholdConsents {
  kind?: string | null // 种类
  text_version?: string | null // 文本版本
  member?: string | null // 谁的同意
  state?: string | null // 结果
  items?: string[] | null // 同意的事项
  signed_on?: string | null // 签署日期
  signed_by?: string | null // 谁签的
  guardian?: { name?: string | null; relation?: string | null; phone?: string | null } | null // 监护人
  guardian_note?: string | null // 监护人为什么没签
  signature_kind?: string | null // 确认方式
  signature?: string | null // 签名
  papers?: string[] | null // 纸质件照片
  read_aloud?: boolean | null // 已读给对方听
  limits_explained?: boolean | null // 已说明保密的限度
  worker?: string | null // 经手社工
  valid_to?: string | null // 有效期至
  withdrawn_on?: string | null // 撤回日期
  withdrawn_reason?: string | null // 撤回的说明
  legal_basis?: string | null // 没有同意时的依据
  note?: string | null // 备注
}

/** Service plans. Absent: not asked; null: asked, no answer. */
export interface HouseholdPlans {
  planned_on?: string | null // 制定日期
  starts_on?: string | null // 开始日期
  ends_on?: string | null // 结束日期
  plan_state?: string | null // 计划状态
  members?: string[] | null // 服务对象
  responsible?: string | null // 负责社工
  domain?: string | null // 主要服务领域
  functions?: string[] | null // 服务职能
  methods?: string[] | null // 工作方法
  needs?: string[] | null // 回应的需求
  goal_1?: { goal?: string | null; kind?: string | null; measure?: string | null; now?: string | null; target?: string | null; due_on?: string | null } | null // 目标1
  goal_2?: { goal?: string | null; kind?: string | null; measure?: string | null; now?: string | null; target?: string | null; due_on?: string | null } | null // 目标2
  goal_3?: { goal?: string | null; kind?: string | null; measure?: string | null; now?: string | null; target?: string | null; due_on?: string | null } | null // 目标3
  goal_4?: { goal?: string | null; kind?: string | null; measure?: string | null; now?: string | null; target?: string | null; due_on?: string | null } | null // 目标4
  goal_5?: { goal?: string | null; kind?: string | null; measure?: string | null; now?: string | null; target?: string | null; due_on?: string | null } | null // 目标5
  measure_1?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施1
  measure_2?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施2
  measure_3?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施3
  measure_4?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施4
  measure_5?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施5
  measure_6?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施6
  measure_7?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施7
  measure_8?: { what?: string | null; goal_no?: number | null; function?: string | null; method?: string | null; who?: string | null; other_who?: string | null; how_often?: string | null; due_on?: string | null } | null // 措施8
  visit_every_days?: number | null // 多久入户一次
  contact_every_days?: number | null // 多久联系一次
  resources?: string | null // 要用到的资源
  risks?: string | null // 可能的困难与对策
  agreed_with_client?: boolean | null // 已与对方商定
  review_on?: string | null // 下次检视日期
  worker_note?: string | null // 社工备忘（不参与审批）
}

/** Resource links. Absent: not asked; null: asked, no answer. */
export interface HouseholdResourceLinks {
  linked_on?: string | null // 联系日期
  members?: string[] | null // 服务对象
  plan?: string | null // 服务计划
  need?: string | null // 需求
  need_note?: string | null // 需求说明
  kind?: string | null // 资源种类
  resource?: string | null // 什么资源
  provider?: string | null // 提供方
  provider_kind?: string | null // 提供方类别
  provider_contact?: string | null // 联系人与电话
  amount_fen?: number | null // 金额
  quantity?: string | null // 数量
  state?: string | null // 进展
  delivered_on?: string | null // 落实日期
  result?: string | null // 结果
  on_board?: boolean | null // 放到需求对接栏（不带姓名）
  board_text?: string | null // 对接栏上怎么写
  worker?: string | null // 经手社工
}

/** Intervention notes. Absent: not asked; null: asked, no answer. */
export interface HouseholdInterventions {
  done_on?: string | null // 服务日期
  started_time?: string | null // 开始时间
  minutes?: number | null // 时长
  place?: string | null // 地点
  method?: string | null // 工作方法
  functions?: string[] | null // 服务职能
  domain?: string | null // 服务领域
  plan?: string | null // 服务计划
  members?: string[] | null // 服务对象
  workers?: string[] | null // 服务社工
  companions?: string | null // 同行人与志愿者
  aim?: string | null // 本次目的
  process?: string | null // 服务过程
  observation?: string | null // 社工观察
  reflection?: string | null // 反思
  next_steps?: string | null // 下一步
  next_on?: string | null // 下次日期
  photos?: string[] | null // 照片
  review_note?: string | null // 审核意见
}

/** Case conferences. Absent: not asked; null: asked, no answer. */
export interface HouseholdConferences {
  held_on?: string | null // 研讨日期
  chair?: string | null // 主持人
  people?: string[] | null // 参加社工
  others?: string | null // 其他参加人
  plan?: string | null // 服务计划
  question?: string | null // 研讨的问题
  discussion?: string | null // 讨论经过
  decision?: string | null // 决定
  tasks?: string | null // 分工与期限
  next_on?: string | null // 下次研讨
  review_note?: string | null // 审核意见
}

/** Crises. Absent: not asked; null: asked, no answer. */
export interface HouseholdCrises {
  found_at?: number | null // 发现时间
  kind?: string | null // 危机种类
  members?: string[] | null // 涉及家人
  what_happened?: string | null // 发生了什么
  seen?: string | null // 亲眼看到、听到的
  danger?: string | null // 现在的危险
  danger_signs?: string[] | null // 强制报告情形
  acts?: string[] | null // 已经做的
  acts_note?: string | null // 怎么做的
  reported_to?: string[] | null // 已报告给
  reported_at?: number | null // 报告时间
  reported_by?: string | null // 报告人
  receipt?: string | null // 回执号或接警人
  not_reported_reason?: string | null // 没有报告的理由
  evidence?: string[] | null // 证据
  safe_now?: boolean | null // 人已安全
  result?: string | null // 处理结果
  next_on?: string | null // 下次跟进
  instrument_result?: string | null // 来自哪次量表
  worker_note?: string | null // 社工备忘（不参与审批）
  raised_by?: string | null // 谁拉的警报
  seen_by?: string[] | null // 谁看到了警报
  seen_at?: number | null // 看到警报的时间
}

/** Referrals. Absent: not asked; null: asked, no answer. */
export interface HouseholdReferrals {
  applied_on?: string | null // 申请日期
  kind?: string | null // 转到哪里
  members?: string[] | null // 转介对象
  reason?: string | null // 转介原因
  reason_note?: string | null // 原因说明
  receiver?: string | null // 接收方
  receiver_contact?: string | null // 联系人与电话
  consent?: string | null // 对方的同意
  no_consent_reason?: string | null // 没有同意的理由
  handed_over?: string[] | null // 移交哪些内容
  kept_back?: string | null // 不移交的内容
  continuity?: string | null // 转介期间谁来管
  we_stay?: boolean | null // 本站继续服务
  state?: string | null // 进展
  answered_on?: string | null // 对方答复日期
  answered_by?: string | null // 答复人
  first_contact_on?: string | null // 对方首次接触日期
  feedback?: string | null // 反馈
  receipt?: string | null // 回执
  receiver_person?: string | null // 接手的社工
  receiver_station?: string | null // 接收的站
  sent_on?: string | null // 发出日期
  answer_due_on?: string | null // 最晚答复
  parcel?: { id?: string | null; sha256?: string | null; bytes?: number | null; secret?: string | null; made_at?: number | null } | null // 移交件
}

/** Evaluations. Absent: not asked; null: asked, no answer. */
export interface HouseholdEvaluations {
  evaluated_on?: string | null // 评估日期
  plan?: string | null // 服务计划
  evaluators?: string[] | null // 评估人
  methods?: string[] | null // 评估方法
  goal_1_result?: { result?: string | null; now?: string | null; note?: string | null } | null // 目标1的结果
  goal_2_result?: { result?: string | null; now?: string | null; note?: string | null } | null // 目标2的结果
  goal_3_result?: { result?: string | null; now?: string | null; note?: string | null } | null // 目标3的结果
  goal_4_result?: { result?: string | null; now?: string | null; note?: string | null } | null // 目标4的结果
  goal_5_result?: { result?: string | null; now?: string | null; note?: string | null } | null // 目标5的结果
  scores_before?: string[] | null // 服务前的量表
  scores_after?: string[] | null // 服务后的量表
  changes?: string | null // 变化
  satisfaction?: number | null // 满意度
  satisfaction_asked_by?: string | null // 谁问的满意度
  satisfaction_on?: string | null // 询问日期
  satisfaction_note?: string | null // 对方怎么说
  conclusion?: string | null // 结论
  conclusion_note?: string | null // 结论说明
  worker_note?: string | null // 社工备忘（不参与审批）
}

/** Closures. Absent: not asked; null: asked, no answer. */
export interface HouseholdClosures {
  closed_on?: string | null // 结案日期
  kind?: string | null // 结案类型
  plan?: string | null // 服务计划
  result?: string | null // 服务成效
  client_reaction?: string | null // 对方对结案的反应
  remaining_needs?: string | null // 还有的需求
  advice?: string | null // 给对方的建议
  later_contact?: string | null // 以后找谁
  follow_up_rounds?: string[] | null // 回访安排
  satisfaction?: number | null // 满意度
  satisfaction_asked_by?: string | null // 谁问的满意度
  satisfaction_on?: string | null // 询问日期
  satisfaction_note?: string | null // 对方怎么说
  worker?: string | null // 结案社工
  signature?: string | null // 对方签名
  worker_note?: string | null // 社工备忘（不参与审批）
}

/** Follow-ups. Absent: not asked; null: asked, no answer. */
export interface HouseholdFollowUps {
  done_on?: string | null // 回访日期
  round?: string | null // 第几次回访
  closure?: string | null // 哪次结案
  method?: string | null // 回访方式
  outcome?: string | null // 是否见到
  situation?: string | null // 现在的情况
  note?: string | null // 情况说明
  needs?: string[] | null // 新的需求
  reopen?: boolean | null // 需要重新开案
  worker?: string | null // 回访社工
  next_on?: string | null // 下次回访
}

/** Facts and their sources. Absent: not asked; null: asked, no answer. */
export interface HouseholdFacts {
  topic?: string | null // 哪方面
  field?: string | null // 对应的项目
  member?: string | null // 关于谁
  statement?: string | null // 情况
  source?: string | null // 来源
  told_by?: string | null // 谁说的、什么关系
  known_on?: string | null // 何时得知
  checked_how?: string | null // 怎样核实
  checked_on?: string | null // 核实日期
  checked_by?: string | null // 核实人
  papers?: string[] | null // 证明材料
}

/** Category assignments. Absent: not asked; null: asked, no answer. */
export interface HouseholdCategoryAssignments {
  category?: string | null // 对象类别
  member?: string | null // 给谁（空：全户）
  starts_on?: string | null // 开始日期
  ends_on?: string | null // 结束日期
  end_reason?: string | null // 结束原因
  basis?: string | null // 认定依据（文件、批次）
  paper_number?: string | null // 证件或批文号
  evidence?: string[] | null // 证明材料
  source?: string | null // 怎么知道的
  verified_by?: string | null // 核实人
  verified_on?: string | null // 核实日期
}

/** Policies followed up. Absent: not asked; null: asked, no answer. */
export interface HouseholdPolicyMatches {
  policy?: string | null // 政策
  policy_version?: number | null // 规则版本
  member?: string | null // 给谁
  match?: string | null // 匹配结果
  state?: string | null // 进展
  suggested_on?: string | null // 提示日期
  applied_on?: string | null // 申请日期
  decided_on?: string | null // 批复日期
  amount_monthly_fen?: number | null // 每月金额
  reason?: string | null // 原因
  office?: string | null // 受理单位
  papers_ready?: string[] | null // 已备材料
  worker?: string | null // 经手社工
  note?: string | null // 备注
}

/** Steps of the process. Absent: not asked; null: asked, no answer. */
export interface HouseholdSteps {
  step?: string | null // 步骤
  entered_on?: string | null // 进入日期
  skipped?: boolean | null // 跳过
  reason?: string | null // 理由
  round?: number | null // 第几轮
  worker?: string | null // 经手社工
}

/** Relations. Absent: not asked; null: asked, no answer. */
export interface HouseholdRelations {
  person?: string | null // 谁
  other?: string | null // 和哪位家人
  other_name?: string | null // 和家外的谁
  other_kind?: string | null // 家外的谁是
  tie?: string | null // 什么关系
  quality?: string | null // 关系怎样
  support?: string[] | null // 给什么支持
  note?: string | null // 说明
}

/** Risk reviews. Absent: not asked; null: asked, no answer. */
export interface HouseholdRiskReviews {
  reviewed_on?: string | null // 定级日期
  level?: string | null // 风险等级
  level_before?: string | null // 原来的等级
  member?: string | null // 关于谁
  reason?: string | null // 理由
  instrument_result?: string | null // 依据的量表
  proposed_by?: string | null // 提出人
  confirmed_by?: string[] | null // 确认人
  review_note?: string | null // 审核意见
}

/** Events. Absent: not asked; null: asked, no answer. */
export interface HouseholdEvents {
  kind?: string | null // 什么事
  happened_on?: string | null // 发生日期
  member?: string | null // 关于谁
  note?: string | null // 说明
  source?: string | null // 谁说的
  no_visit_needed?: boolean | null // 不用上门
}

/** Settled as right. Absent: not asked; null: asked, no answer. */
export interface HouseholdSettlements {
  rule?: string | null // 规则
  conflict?: string | null // 哪一处
  facts?: string | null // 当时的事实
  reason?: string | null // 为什么都对
}

/** Unlinked record. Absent: not asked; null: asked, no answer. */
export interface UnlinkedRecord {
  village_name?: string | null // 村
  person_name?: string | null // 姓名
  phone?: string | null // 电话
  note?: string | null // 记录
  values?: { visited_on?: string | null; started_time?: string | null; ended_time?: string | null; visitors?: string[] | null; companions?: string | null; visit_type?: string | null; method?: string | null; outcome?: string | null; not_met_reason?: string | null; met_members?: string[] | null; met_others?: string | null; place?: { lat_e7?: number | null; lng_e7?: number | null; accuracy_m?: number | null } | null; member_changes?: string[] | null; member_changes_note?: string | null; health_state?: string | null; health_findings?: string[] | null; health_note?: string | null; economy_state?: string | null; economy_findings?: string[] | null; economy_note?: string | null; support_state?: string | null; support_findings?: string[] | null; support_note?: string | null; safety_state?: string | null; safety_findings?: string[] | null; safety_note?: string | null; environment_state?: string | null; environment_findings?: string[] | null; environment_note?: string | null; child_state?: string | null; child_findings?: string[] | null; child_note?: string | null; needs?: string[] | null; needs_note?: string | null; policies_told?: string[] | null; services_given?: string[] | null; services_note?: string | null; problems?: string | null; urgency?: string | null; danger_signs?: string[] | null; reported_to?: string[] | null; report_note?: string | null; next_steps?: string | null; next_visit_on?: string | null; said?: string | null; observation?: string | null; photo_consent?: string | null; photos?: string[] | null; signature_kind?: string | null; signature?: string | null; review_note?: string | null } | null // 走访内容
  recorded_at?: number | null // 记录时间
  linked_to?: string | null // 已挂接到
  linked_element?: string | null // 挂接为走访
  seen_by?: string[] | null // 谁看到了警报
  seen_at?: number | null // 看到警报的时间
}

/** Restricted record. Absent: not asked; null: asked, no answer. */
export interface RestrictedRecord {
  household?: string | null // 哪一户
  member?: string | null // 关于谁
  person_name?: string | null // 姓名
  village_name?: string | null // 村
  subject?: string | null // 哪方面的事
  categories?: string[] | null // 对象类别
  note?: string | null // 内容
  told_by?: string | null // 谁说的(对外保密)
  agreed?: string | null // 已商定怎么做
  noted_on?: string | null // 日期
  ended_on?: string | null // 结束日期
}

/** Later notes. Absent: not asked; null: asked, no answer. */
export interface RestrictedRecordNotes {
  noted_on?: string | null // 日期
  note?: string | null // 内容
  noted_by?: string | null // 谁写的
  next_on?: string | null // 下次跟进
}

export type KindName = 'household' | 'unlinked_record' | 'restricted_record'
export type CodeListName =
  | 'answer_source'
  | 'assessment_method'
  | 'attachment_kind'
  | 'case_source'
  | 'category_end'
  | 'category_group'
  | 'client_category'
  | 'closure_kind'
  | 'consent_item'
  | 'consent_kind'
  | 'consent_signer'
  | 'consent_state'
  | 'credit_code_class'
  | 'crisis_act'
  | 'crisis_kind'
  | 'danger_level'
  | 'difficulty_level'
  | 'disability_grade'
  | 'disability_kind'
  | 'division_level'
  | 'education'
  | 'ethnic_group'
  | 'evaluation_conclusion'
  | 'evaluation_method'
  | 'fact_check'
  | 'fact_source'
  | 'fact_topic'
  | 'file_state'
  | 'follow_up_round'
  | 'follow_up_situation'
  | 'gender'
  | 'goal_kind'
  | 'goal_result'
  | 'group_kind'
  | 'health_state'
  | 'home_safety'
  | 'housing_grade'
  | 'housing_kind'
  | 'id_number_none_reason'
  | 'id_number_state'
  | 'income_source'
  | 'intake_decision'
  | 'legal_basis'
  | 'link_state'
  | 'living_situation'
  | 'mandatory_report_situation'
  | 'marital_status'
  | 'member_change'
  | 'need_dimension'
  | 'need_level'
  | 'need_tier'
  | 'network_kind'
  | 'not_met_reason'
  | 'paper_kind'
  | 'parents_state'
  | 'photo_consent'
  | 'plan_state'
  | 'policy_enjoyed'
  | 'policy_outcome'
  | 'policy_state'
  | 'political_affiliation'
  | 'poverty_cause'
  | 'process_step'
  | 'property_state'
  | 'provider_kind'
  | 'referral_kind'
  | 'referral_part'
  | 'referral_reason'
  | 'referral_state'
  | 'registered_type'
  | 'relation'
  | 'reported_to'
  | 'resource_kind'
  | 'restricted_subject'
  | 'risk_level'
  | 'satisfaction'
  | 'school_stage'
  | 'section_status'
  | 'self_care_level'
  | 'service_domain'
  | 'service_function'
  | 'service_need'
  | 'signature_kind'
  | 'supervision_way'
  | 'supporter_state'
  | 'tie_kind'
  | 'tie_quality'
  | 'tie_support'
  | 'topic_state'
  | 'town_kind'
  | 'urban_rural_class'
  | 'urgency'
  | 'village_kind'
  | 'visit_event'
  | 'visit_finding'
  | 'visit_method'
  | 'visit_outcome'
  | 'visit_type'
  | 'whereabouts'
  | 'work_ability'
  | 'work_method'
